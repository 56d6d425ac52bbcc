import type { Observable } from 'rxjs';
import { type Document, filterDocuments, tokenize, words } from '../../../operators/index.ts';

declare const documents: Observable<Document>;

documents.pipe(
  tokenize(words()),
  filterDocuments(({ verdict }) => verdict.label === 'tech'), // expect: verdict
);
