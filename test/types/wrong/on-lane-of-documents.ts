import type { Observable } from 'rxjs';
import { type Document, onLane } from '../../../operators/index.ts';

declare const documents: Observable<Document>;

documents.pipe(onLane('tech', (lane) => lane)); // expect: Issue
