// What `classify` does, composed by hand, with a treatment of one lane: it gets 250 ms, and abstains about a batch for which it
// needs longer. The vote goes on with the other lanes.
//
//   node --import tsx examples/by-hand.ts

import {
  acknowledge,
  Clock,
  encode,
  fanOut,
  fromLines,
  loadEnsemble,
  onLane,
  type Scores,
  shippedModel,
  tokenize,
  vote,
  zipLanes,
} from 'rx-lockstep';
import { delay, type MonoTypeOperatorFunction, pipe, timeout } from 'rxjs';

const headlines = new URL('data/headlines.zh.txt', import.meta.url);
const news = await loadEnsemble(shippedModel('zh-topics'));
const clock = new Clock({ period: 5 });

/** Stands for a lane that is slow now and then: for every second batch it takes two seconds more. */
let batches = 0;
const slowNowAndThen: MonoTypeOperatorFunction<Scores> = (scores) =>
  scores.pipe(delay(batches++ % 2 === 1 ? 2000 : 0, clock));

let count = 0;
const abstentions = new Map<string, number>();
await fromLines(headlines)
  .pipe(
    tokenize(news.tokenizer),
    encode(news.vocabulary),
    fanOut(news.subtasks, { clock, maxBatch: 20, depth: 2 }),
    onLane('culture', pipe(slowNowAndThen, timeout({ first: 250, scheduler: clock }))),
    zipLanes({ quorum: 2 }),
    vote({ weights: news.weights, bias: news.bias }),
    acknowledge(),
  )
  .forEach(({ id, text, verdict: { label, confidence, lanes } }) => {
    const silent = Object.keys(lanes).filter((lane) => lanes[lane] === null);
    for (const lane of silent) abstentions.set(lane, (abstentions.get(lane) ?? 0) + 1);
    if (++count % 20 === 1)
      console.log(id, label, confidence.toFixed(2), text, ...silent.map((lane) => `(${lane} abstained)`));
  });
console.log(`${count} headlines;`, ...[...abstentions].map(([lane, times]) => `${lane} abstained about ${times}`));
await news.close();
