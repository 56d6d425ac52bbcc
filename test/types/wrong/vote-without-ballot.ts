import type { Observable } from 'rxjs';
import { type Document, vote } from '../../../operators/index.ts';

declare const documents: Observable<Document>;

documents.pipe(vote()); // expect: Balloted
