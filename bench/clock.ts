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
  report(
    'clock',
    `${EDGES.toLocaleString('en')} edges of ${PERIOD} ms on real timers, and RxJS interval(${PERIOD}) beside them`,
    [
      { what: 'lateness of an edge, median', value: quantile(edges, 0.5), unit: 'ms' },
      { what: 'lateness of an edge, p99', value: quantile(edges, 0.99), unit: 'ms' },
      { what: 'lateness of an edge that came, worst', value: Math.max(...edges), unit: 'ms' },
      { what: 'drift at the last edge', value: edges.at(-1) ?? Number.NaN, unit: 'ms' },
      // An edge that would come a whole period late is missed instead, so this is the count of those beyond a period.
      {
        what: 'edges more than a period late: missed, another stood for them',
        value: lockstep.missed,
        unit: '',
        goal: '0',
      },
      { what: 'drift of interval at its last tick', value: ticks.at(-1) ?? Number.NaN, unit: 'ms' },
    ],
  );
}
