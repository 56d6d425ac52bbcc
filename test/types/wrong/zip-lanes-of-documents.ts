import type { Observable } from 'rxjs';
import { type Document, zipLanes } from '../../../operators/index.ts';

declare const documents: Observable<Document>;

documents.pipe(zipLanes()); // expect: Issue
