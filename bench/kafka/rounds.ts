import { type Figure, median } from '../report.ts';

/** One of those that do the same job. */
export interface Contestant<T = number> {
  readonly name: string;
  /** Does the job once, and gives what was measured: records a second, for instance. */
  readonly run: () => Promise<T>;
}

/** What was measured of each contestant, one a round. */
export type Results<T = number> = ReadonlyMap<string, readonly T[]>;

/**
 * Lets contestants take turns, round after round, so that what the machine does meanwhile meets all of them. Every other round goes
 * backwards: nobody always comes after the same one.
 *
 * @param warmUp whether a round goes before that does not count
 */
export async function takeTurns<T>(
  contestants: readonly Contestant<T>[],
  rounds: number,
  warmUp = true,
): Promise<Results<T>> {
  const results = new Map<string, T[]>(contestants.map(({ name }) => [name, []]));
  for (let round = warmUp ? -1 : 0; round < rounds; round++)
    for (const { name, run } of round % 2 === 0 ? contestants : contestants.toReversed()) {
      const value = await run();
      if (round >= 0) results.get(name)?.push(value);
    }
  return results;
}

/** One number of all that was measured. */
export function each<T>(results: Results<T>, number: (measured: T) => number): Results {
  return new Map(Array.from(results, ([name, values]) => [name, values.map(number)]));
}

/** The median of what a contestant did, and its spread. */
export function figure(results: Results, name: string, unit: string, what: string = name): Figure {
  return summary(what, valuesOf(results, name), unit);
}

/** What a contestant did as a part of what another did in the same round, in percent. */
export function ratio(results: Results, name: string, of: string, goal?: string): Figure {
  const others = valuesOf(results, of);
  const parts = valuesOf(results, name).map((value, round) => (100 * value) / (others[round] ?? Number.NaN));
  return { ...summary(`${name} / ${of}`, parts, '%'), ...(goal !== undefined && { goal }) };
}

/** The median of some values, and their spread. */
export function summary(what: string, values: readonly number[], unit: string): Figure {
  return { what, value: median(values), unit, spread: [Math.min(...values), Math.max(...values)] };
}

function valuesOf(results: Results, name: string): readonly number[] {
  const values = results.get(name);
  if (!values) throw new RangeError(`Expected a contestant of [${[...results.keys()].join(', ')}], got ${name}`);
  return values;
}
