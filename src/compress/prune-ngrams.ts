import { invalidArgument } from '../errors.ts';
import { HashIndex } from '../subtasks/ngrams/hash-index.ts';
import { NgramCounter } from '../subtasks/ngrams/ngram-counter.ts';
import type { NgramFeatures } from '../subtasks/ngrams/ngram-features.ts';
import type { NgramsLane, NgramTable } from '../subtasks/ngrams/ngram-table.ts';

/** How many texts an n-gram is in. */
export type Frequency = (key: number) => number;

/** Added to each count, as an n-gram that is in none of some texts may well be in the next one. */
const PRIOR = 1;

/**
 * Lanes that look at the same n-grams, each with a share of the n-grams of its tables: those that move a margin most in the root of
 * the mean square, if it is known how many texts each is in; else those with the largest weights.
 *
 * @param share above 0, at most 1; of each table
 * @param frequency texts such as the lanes were trained on; those by which the result will be judged make it look too good
 */
export function pruneNgrams(lanes: readonly NgramsLane[], share: number, frequency?: Frequency): NgramsLane[] {
  if (!(share > 0 && share <= 1)) throw invalidArgument('share', 'above 0 and at most 1', share);
  if (share === 1) return [...lanes];
  return lanes.map(({ config, tables }) => ({
    config,
    tables: tables.map((table) => pruneTable(table, Math.ceil(table.keys.length * share), frequency)),
  }));
}

/** Counts in how many texts each n-gram is. */
export function frequencyIn(texts: readonly string[], features: NgramFeatures): Frequency {
  const counter = new NgramCounter(features);
  const index = new HashIndex(2 ** 16);
  const counts: number[] = [];
  for (const text of texts) {
    const found = counter.count(text);
    for (let at = 0; at < found; at++) {
      const number = index.add(counter.keys[at] ?? 0);
      counts[number] = (counts[number] ?? 0) + 1;
    }
  }
  return (key) => counts[index.find(key)] ?? 0;
}

function pruneTable(table: NgramTable, size: number, frequency: Frequency = () => 0): NgramTable {
  const effects = Float64Array.from(table.keys, (key, at) => (table.weights[at] ?? 0) ** 2 * (PRIOR + frequency(key)));
  // Of equal ones those with the lower hash stay, which is as good as chance, and the same each time.
  const kept = Array.from(effects.keys())
    .sort((a, b) => (effects[b] ?? 0) - (effects[a] ?? 0) || a - b)
    .slice(0, size)
    .sort((a, b) => a - b);
  return {
    ...table,
    keys: Int32Array.from(kept, (at) => table.keys[at] ?? 0),
    weights: Int8Array.from(kept, (at) => table.weights[at] ?? 0),
  };
}
