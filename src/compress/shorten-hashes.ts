import { cutHash } from '../subtasks/ngrams/ngram-counter.ts';
import { checkHashBits, HASH_BITS } from '../subtasks/ngrams/ngram-features.ts';
import type { NgramsLane, NgramTable } from '../subtasks/ngrams/ngram-table.ts';

/**
 * Lanes over n-grams with shorter hashes. Where two n-grams of a table fall together, the one with the larger weight stays. An n-gram that
 * a table does not hold is now taken for one that it does with a chance of n / 2^bits, for n n-grams in it: 0.24 % for 40,000 and 24 bits.
 *
 * @param bits 8 to 32; lanes with no more bits stay as they are
 * @throws LockstepError `INVALID_ARGUMENT` if a hash cannot have so many bits.
 */
export function shortenHashes(lanes: readonly NgramsLane[], bits: number): NgramsLane[] {
  checkHashBits('bits', bits);
  return lanes.map((lane) => {
    const { features } = lane.config;
    if ((features.hashBits ?? HASH_BITS) <= bits) return lane;
    return {
      config: { ...lane.config, features: { ...features, hashBits: bits } },
      tables: lane.tables.map((table) => shortenTable(table, bits)),
    };
  });
}

function shortenTable(table: NgramTable, bits: number): NgramTable {
  const weights = new Map<number, number>();
  for (const [at, key] of table.keys.entries()) {
    const short = cutHash(key, bits);
    const weight = table.weights[at] ?? 0;
    if (Math.abs(weight) > Math.abs(weights.get(short) ?? 0)) weights.set(short, weight);
  }
  const keys = Int32Array.from(weights.keys()).sort();
  return { ...table, keys, weights: Int8Array.from(keys, (key) => weights.get(key) ?? 0) };
}
