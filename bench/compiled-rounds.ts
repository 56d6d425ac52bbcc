import { median } from './report.ts';

/** BENCH_QUICK=1: to see that a benchmark works; its figures mean little and are not written. */
export const QUICK: boolean = process.env.BENCH_QUICK === '1';
const ROUNDS = QUICK ? 3 : 9;
const ROUND_MS = QUICK ? 50 : 150;

/** Something that does the same work as the others beside it. */
export interface Contestant {
  readonly name: string;
  /** How many documents a run is. */
  readonly documents: number;
  /** What it must have done before a round, which is not timed. */
  readonly begin?: (() => Promise<unknown>) | undefined;
  /** The `number`th run. */
  run(number: number): unknown;
}

/**
 * What a second is of: of the processor, all threads together, in which other work on the machine does not count; or of the clock on the
 * wall, in which several threads get further than one.
 */
export type Second = 'processor' | 'wall';

/** Documents a second, round by round. */
export type Rates = ReadonlyMap<string, readonly Readonly<Record<Second, number>>[]>;

/** A median with the least and the most. */
export interface Spread {
  readonly value: number;
  readonly spread: readonly [number, number];
}

/** Lets all take turns, a round each, so that what the machine does besides meets all alike. The first round warms up and does not count. */
export async function interleave(contestants: readonly Contestant[]): Promise<Rates> {
  const rates = new Map<string, Record<Second, number>[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round <= ROUNDS; round++)
    for (const contestant of contestants) {
      const rate = await roundOf(contestant, round * 1009);
      if (round > 0) rates.get(contestant.name)?.push(rate);
    }
  return rates;
}

async function roundOf(
  { documents, begin, run }: Contestant,
  first: number,
): Promise<Readonly<Record<Second, number>>> {
  await begin?.();
  const began = performance.now();
  const start = process.cpuUsage();
  let elapsed = 0;
  let runs = 0;
  for (let next = 1; elapsed < ROUND_MS; ) {
    for (const end = runs + next; runs < end; runs++) {
      const running = run(first + runs);
      if (running instanceof Promise) await running;
    }
    const { user, system } = process.cpuUsage(start);
    elapsed = (user + system) / 1000;
    if (elapsed < ROUND_MS / 16) next = 2 * runs; // so that asking for the time costs nothing
  }
  const done = 1000 * runs * documents;
  return { processor: done / elapsed, wall: done / (performance.now() - began) };
}

/** How many documents a second. */
export function rateOf(rates: Rates, name: string, second: Second = 'processor'): Spread {
  return spreadOf((rates.get(name) ?? []).map((rate) => rate[second]));
}

/** How many times as fast as `other` the contestant `name` was, by the rounds' ratios. */
export function ratioOf(rates: Rates, name: string, other: string, second: Second = 'processor'): Spread {
  const others = rates.get(other) ?? [];
  return spreadOf((rates.get(name) ?? []).map((rate, round) => rate[second] / (others[round]?.[second] ?? Number.NaN)));
}

function spreadOf(values: readonly number[]): Spread {
  return { value: median(values), spread: [Math.min(...values), Math.max(...values)] };
}
