import { monitorEventLoopDelay } from 'node:perf_hooks';
import { from, lastValueFrom, Subject, tap, toArray } from 'rxjs';
import {
  type Classifier,
  Clock,
  characters,
  classify,
  type Document,
  loadEnsemble,
  shippedModel,
  Vocabulary,
} from '../operators/index.ts';
import { headlines } from './corpus.ts';
import { median, quantile, report, seconds } from './report.ts';

const PERIOD = 5;
const SECONDS = 8;

/** What a lane of a fixed time costs: the pipeline's own part of a latency shows beside it. */
const FIXED_MS = 3;

/** Latency with the shipped models, and with lanes whose time is known. */
export async function latency(): Promise<void> {
  await withModels();
  await withFixedLanes();
}

async function withFixedLanes(): Promise<void> {
  const rate = 2000;
  const labels = ['tech', 'finance'];
  const classifier: Classifier = {
    tokenizer: characters(),
    vocabulary: new Vocabulary([]),
    weights: {},
    bias: {},
    subtasks: labels.map((name) => ({
      name,
      labels: [name],
      score: ({ length }) =>
        new Promise((resolve) => setTimeout(() => resolve(new Float32Array(length).fill(0.5)), FIXED_MS)),
    })),
  };
  const times: number[] = [];
  for (let round = 0; round < 50; round++)
    times.push(1000 * (await seconds(() => new Promise((resolve) => setTimeout(resolve, FIXED_MS)))));
  const laneTime = median(times);
  const delays = await arriveAt(rate, classifier);
  const bound = 2 * PERIOD + laneTime;
  report(
    'latency-fixed-lanes',
    `two lanes of one timer each, ${rate} documents a second for ${SECONDS} s, period ${PERIOD} ms`,
    [
      { what: 'lane time, median', value: laneTime, unit: 'ms' },
      { what: 'latency, p50', value: quantile(delays, 0.5), unit: 'ms' },
      {
        what: 'latency, p99',
        value: quantile(delays, 0.99),
        unit: 'ms',
        goal: `<= 2 periods + lane time = ${bound.toFixed(1)}`,
      },
    ],
  );
}

/** How long a document takes from arrival to verdict at half of the most that the pipeline can do, and what the event loop feels. */
async function withModels(): Promise<void> {
  const ensemble = await loadEnsemble(shippedModel('zh-topics'));
  const documents = headlines('zh', 2048);
  const classified = (): Promise<unknown> => lastValueFrom(from(documents).pipe(classify(ensemble), toArray()));
  await classified();
  const capacity = documents.length / (await seconds(classified));
  const rate = capacity / 2;
  const perEdge = Math.max(1, Math.round((rate * PERIOD) / 1000));
  const modelTime = await timeOfBatch(ensemble, headlines('zh', perEdge));

  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const delays = await arriveAt(rate, ensemble);
  loop.disable();
  const bound = 2 * PERIOD + modelTime;
  report(
    'latency',
    `zh-topics on ${ensemble.backend} in its thread, half load (${Math.round(rate)} documents a second for ${SECONDS} s), period ${PERIOD} ms`,
    [
      { what: 'capacity, documents a second', value: capacity, unit: '/s' },
      { what: `model time for a batch of ${perEdge}, median`, value: modelTime, unit: 'ms' },
      { what: 'latency, p50', value: quantile(delays, 0.5), unit: 'ms' },
      {
        what: 'latency, p99',
        value: quantile(delays, 0.99),
        unit: 'ms',
        goal: `<= 2 periods + model time = ${bound.toFixed(1)}`,
      },
      { what: 'event loop delay, p50 (the timer’s own 1 ms included)', value: loop.percentile(50) / 1e6, unit: 'ms' },
      { what: 'event loop delay, p99', value: loop.percentile(99) / 1e6, unit: 'ms' },
    ],
  );
  await ensemble.close();
}

async function timeOfBatch(
  ensemble: Awaited<ReturnType<typeof loadEnsemble>>,
  batch: readonly Document[],
): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 50; round++) {
    const clock = new Clock({ period: 1, workConserving: true });
    const once = (): Promise<unknown> =>
      lastValueFrom(from(batch).pipe(classify(ensemble, { clock, maxBatch: batch.length }), toArray()));
    times.push(1000 * (await seconds(once)));
  }
  return median(times);
}

/** Documents arrive at random (a Poisson process), whatever the pipeline does; returns each one's time to its verdict. */
async function arriveAt(rate: number, ensemble: Classifier): Promise<number[]> {
  const arrivals = new Subject<Document & { readonly arrived: number }>();
  const delays: number[] = [];
  const clock = new Clock({ period: PERIOD, workConserving: true });
  const done = lastValueFrom(
    arrivals.pipe(
      classify(ensemble, { clock }),
      tap(({ arrived }) => delays.push(performance.now() - arrived)),
    ),
  );
  const texts = headlines('zh', 240);
  const end = performance.now() + SECONDS * 1000;
  let next = performance.now();
  let count = 0;
  while (performance.now() < end) {
    for (const now = performance.now(); next <= now; next += (-1000 * Math.log(1 - Math.random())) / rate)
      arrivals.next({ ...(texts[count++ % texts.length] ?? { text: '' }), arrived: next });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  arrivals.complete();
  await done;
  return delays;
}
