import type { Observable } from 'rxjs';
import { Clock, type Document, type Ensemble, fanOut, tokenize, words } from '../../../operators/index.ts';

declare const documents: Observable<Document>;
declare const news: Ensemble;

documents.pipe(tokenize(words()), fanOut(news.subtasks, { clock: new Clock({ period: 5 }) })); // expect: Encoded
