import type { Observable } from 'rxjs';
import {
  Clock,
  type Document,
  type Ensemble,
  encode,
  fanOut,
  tokenize,
  vote,
  words,
  zipLanes,
} from '../../../operators/index.ts';

declare const documents: Observable<Document>;
declare const news: Ensemble;

documents.pipe(
  tokenize(words()),
  encode(news.vocabulary),
  fanOut(news.subtasks, { clock: new Clock({ period: 5 }) }),
  zipLanes(),
  vote(),
);
