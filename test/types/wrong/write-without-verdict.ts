import type { Observable } from 'rxjs';
import { type Document, toJsonLines } from '../../../operators/index.ts';

declare const documents: Observable<Document>;

documents.pipe(toJsonLines(process.stdout)); // expect: Labelled
