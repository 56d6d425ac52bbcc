import type { Observable } from 'rxjs';
import { classify, type Document, subtask, words } from '../../../operators/index.ts';

declare const documents: Observable<Document>;
const long = subtask<Document>('long', ['long'], (batch) => batch.map(({ text }) => (text.length > 5 ? 1 : 0)));

documents.pipe(classify({ tokenizer: words(), subtasks: [long], weights: {}, bias: {} })); // expect: vocabulary
