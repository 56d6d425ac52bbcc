import { quantile } from '../report.ts';
import type { Cost } from './models.ts';
import { each, figure, ratio, summary, takeTurns } from './rounds.ts';
import type { Setting } from './setting.ts';
import { type Candidate, capacityOf, delaysOf } from './trial.ts';

/** A model that runs elsewhere, as those of this library do in their thread. */
export const COST: Cost = { perBatch: 2, perDocument: 0.1, where: 'elsewhere' };
/** Milliseconds. */
const PERIODS = { 'at least once': [1, 5, 20], 'exactly once': [5, 20] } as const;
const BACKLOG = 12_000;
const SECONDS = 1;
const ROUNDS = 3;

/** How long a document takes from its arrival until a plain reader sees the verdict, at half of what the pipeline can do. */
export async function latency({ broker, seconds, rounds, report }: Setting): Promise<void> {
  const candidates = new Map<string, Candidate>();
  for (const mode of ['at least once', 'exactly once'] as const) {
    candidates.set(`${mode}, by hand`, { by: 'hand', mode, cost: COST });
    for (const period of PERIODS[mode])
      candidates.set(`${mode}, period ${period} ms`, { by: 'lockstep', mode, period, cost: COST });
  }
  const times = rounds(ROUNDS);
  const duration = seconds(SECONDS);
  const capacities: number[] = [];
  for (let round = 0; round < times; round++)
    capacities.push(await capacityOf(broker, { by: 'lockstep', mode: 'at least once', cost: COST }, BACKLOG));
  const capacity = summary('capacity, at least once, period 5 ms', capacities, '/s');
  const rate = Math.round(capacity.value / 2);

  const delays = await takeTurns(
    Array.from(candidates, ([name, candidate]) => ({
      name,
      run: () => delaysOf(broker, candidate, { rate, seconds: duration }),
    })),
    times,
    false,
  );
  const p50 = each(delays, (values) => quantile(values, 0.5));
  const p99 = each(delays, (values) => quantile(values, 0.99));
  report(
    'latency',
    `${rate.toLocaleString('en')} documents a second for ${duration} s, half the capacity; a model elsewhere of ${COST.perBatch} ms a batch and ${COST.perDocument} ms a document; median of ${times}`,
    [
      capacity,
      ...[...candidates.keys()].flatMap((name) => [
        figure(p50, name, 'ms', `p50, ${name}`),
        figure(p99, name, 'ms', `p99, ${name}`),
      ]),
      ...(['at least once', 'exactly once'] as const).flatMap((mode) =>
        [p50, p99].map((results, i) => {
          const { what, ...rest } = ratio(results, `${mode}, period 5 ms`, `${mode}, by hand`);
          return { what: `${i === 0 ? 'p50' : 'p99'}, ${what}`, ...rest };
        }),
      ),
    ],
  );
}
