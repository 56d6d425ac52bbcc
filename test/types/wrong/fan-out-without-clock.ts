import type { Observable } from 'rxjs';
import { type Document, fanOut, subtask } from '../../../operators/index.ts';

declare const documents: Observable<Document>;
const long = subtask<Document>('long', ['long'], (batch) => batch.map(({ text }) => (text.length > 5 ? 1 : 0)));

documents.pipe(fanOut([long], { maxBatch: 8 })); // expect: clock
