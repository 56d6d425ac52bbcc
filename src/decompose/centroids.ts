import type { Row } from '../ensemble/rows.ts';
import { NgramCounter } from '../subtasks/ngrams/ngram-counter.ts';
import type { NgramFeatures } from '../subtasks/ngrams/ngram-features.ts';

/** The bit of a hash that gives the sign; those below it number the bucket. */
const SIGN = 2 ** 12;

/**
 * Where the texts of each label lie: the means of their TF-IDF vectors over hashed n-grams, seen from the mean of all labels, each of
 * length 1 (or 0, if a label lies in the very middle). So what all texts have in common does not count.
 *
 * Source: K. Weinberger et al., Feature hashing for large scale multitask learning, ICML 2009.
 *
 * @return a vector of 4,096 dimensions a label, in the order of `labels`
 */
export function centroidsOf(rows: readonly Row[], labels: readonly string[], features: NgramFeatures): Float64Array[] {
  const counter = new NgramCounter(features);
  const frequencies = frequenciesOf(rows, counter);
  const indexOf = new Map(labels.map((label, index) => [label, index]));
  const centroids = labels.map(() => new Float64Array(SIGN));
  for (const { label, text } of rows) {
    const centroid = centroids[indexOf.get(label) ?? -1];
    if (!centroid) continue;
    const found = counter.count(text);
    let squares = 0;
    const values = Float64Array.from({ length: found }, (_, at) => {
      const frequency = frequencies[(counter.keys[at] ?? 0) & (SIGN - 1)] ?? 0;
      const value = counter.valueOf(at) * Math.log((1 + rows.length) / (1 + frequency));
      squares += value * value;
      return value;
    });
    const length = Math.sqrt(squares) || 1;
    for (let at = 0; at < found; at++) {
      const key = counter.keys[at] ?? 0;
      const bucket = key & (SIGN - 1);
      centroid[bucket] = (centroid[bucket] ?? 0) + ((key & SIGN ? -1 : 1) * (values[at] ?? 0)) / length;
    }
  }
  for (const centroid of centroids) scaleToOne(centroid); // thus the number of its texts plays no part
  const middle = new Float64Array(SIGN);
  for (const centroid of centroids)
    for (let i = 0; i < SIGN; i++) middle[i] = (middle[i] ?? 0) + (centroid[i] ?? 0) / centroids.length;
  for (const centroid of centroids) {
    for (let i = 0; i < SIGN; i++) centroid[i] = (centroid[i] ?? 0) - (middle[i] ?? 0);
    scaleToOne(centroid);
  }
  return centroids;
}

/** The cosines between vectors of length 1: a row and a column a vector. */
export function cosinesOf(vectors: readonly Float64Array[]): number[][] {
  return vectors.map((a) => vectors.map((b) => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0)));
}

/** In how many texts an n-gram of each bucket is. */
function frequenciesOf(rows: readonly Row[], counter: NgramCounter): Int32Array {
  const frequencies = new Int32Array(SIGN);
  const seen = new Int32Array(SIGN).fill(-1);
  for (const [row, { text }] of rows.entries()) {
    const found = counter.count(text);
    for (let at = 0; at < found; at++) {
      const bucket = (counter.keys[at] ?? 0) & (SIGN - 1);
      if (seen[bucket] === row) continue;
      seen[bucket] = row;
      frequencies[bucket] = (frequencies[bucket] ?? 0) + 1;
    }
  }
  return frequencies;
}

/** Brings a vector to the length 1, in place; rounding aside, one of length 0 stays. */
function scaleToOne(vector: Float64Array): void {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  if (length < 1e-9) vector.fill(0);
  else for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) / length;
}
