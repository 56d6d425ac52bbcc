import { interval, lastValueFrom, map, take, toArray } from 'rxjs';
import { Clock } from '../operators/index.ts';
import { quantile, report } from './report.ts';

const EDGES = 10_000;
const PERIOD = 2;

/** How far edges are from where they should be, beside RxJS' own `interval` at the same time. */
export async function clock(): Promise<void> {
  const lockstep = new Clock({ period: PERIOD });
  const start = performance.now();
  const now = (): number => performance.timeOrigin + performance.now();
  const [edges, ticks] = await Promise.all([
    lastValueFrom(
      lockstep.edges.pipe(
        map(({ time }) => now() - time),
        take(EDGES),
        toArray(),
      ),
    ),
    lastValueFrom(
      interval(PERIOD).pipe(
        map((tick) => performance.now() - start - (tick + 1) * PERIOD),
        take(EDGES),
        toArray(),
      ),
    ),
  ]);
  const beyond = edges.filter((late) => Math.abs(late) > PERIOD).length;
  report(
    'clock',
    `${EDGES.toLocaleString('en')} edges of ${PERIOD} ms on real timers, and RxJS interval(${PERIOD}) beside them`,
    [
      { what: 'edges more than one period from the ideal', value: beyond, unit: '', goal: '0' },
      { what: 'lateness of an edge, median', value: quantile(edges, 0.5), unit: 'ms' },
      { what: 'lateness of an edge, p99', value: quantile(edges, 0.99), unit: 'ms' },
      { what: 'lateness of an edge, worst', value: Math.max(...edges), unit: 'ms' },
      { what: 'drift at the last edge', value: edges.at(-1) ?? Number.NaN, unit: 'ms' },
      { what: 'edges missed (another stood for them)', value: lockstep.missed, unit: '' },
      { what: 'drift of interval at its last tick', value: ticks.at(-1) ?? Number.NaN, unit: 'ms' },
    ],
  );
}
