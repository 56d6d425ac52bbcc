import type { Observable } from 'rxjs';
import { type Document, encode, Vocabulary } from '../../../operators/index.ts';

declare const documents: Observable<Document>;

documents.pipe(encode(new Vocabulary([]))); // expect: Tokenized
