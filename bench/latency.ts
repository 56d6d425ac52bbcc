import { monitorEventLoopDelay } from 'node:perf_hooks';
import { from, lastValueFrom, Subject, tap, toArray } from 'rxjs';
import { Clock, classify, type Document, loadEnsemble, shippedModel } from '../operators/index.ts';
import { headlines } from './corpus.ts';
import { median, quantile, report, seconds } from './report.ts';

const PERIOD = 5;
const SECONDS = 8;

/** How long a document takes from arrival to verdict at half of the most that the pipeline can do, and what the event loop feels. */
export async function latency(): Promise<void> {
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
async function arriveAt(rate: number, ensemble: Awaited<ReturnType<typeof loadEnsemble>>): Promise<number[]> {
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
