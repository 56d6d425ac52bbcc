import { HashIndex } from '../../subtasks/ngrams/hash-index.ts';
import { NgramCounter } from '../../subtasks/ngrams/ngram-counter.ts';
import type { NgramFeatures } from '../../subtasks/ngrams/ngram-features.ts';
import type { SparseRows } from './fit-linear.ts';

/** The n-grams of texts, a row a text and a column an n-gram. */
export interface CountedRows extends SparseRows {
  /** The hash of each column. */
  readonly keys: Int32Array;
  /** What each column is multiplied by, beyond its value in the text: the rarer an n-gram, the more. */
  readonly factors: Float32Array;
  /** The sum of the squares of each column's values. */
  readonly squares: Float64Array;
}

/**
 * Counts the n-grams of texts. Those of characters and the others each form a vector of length 1 in every text, and are then
 * multiplied by the inverse document frequency of each, scaled so that the squared length is 1 in the mean again. So, unlike
 * with the usual TF-IDF, the length of a text's vector does not depend on which n-grams are known.
 *
 * @param minCount n-grams that are in fewer texts are left out
 */
export function countRows(texts: readonly string[], features: NgramFeatures, minCount: number): CountedRows {
  const counter = new NgramCounter(features);
  const { keys, frequencies, cells } = survey(texts, counter, minCount);
  const index = HashIndex.of(keys);
  const starts = new Int32Array(texts.length + 1);
  const columns = new Int32Array(cells);
  const values = new Float32Array(cells);
  const factors = Float32Array.from(frequencies, (count) => Math.log((1 + texts.length) / (1 + count)) + 1);
  const ofCharacters = new Uint8Array(keys.length);
  const sums = [0, 0]; // of squared values: of the others, and of those of characters
  let end = 0;
  for (const [row, text] of texts.entries()) {
    const found = counter.count(text);
    const lengths = [counter.lengthOf(counter.characters, found), counter.lengthOf(0, counter.characters)];
    for (let at = 0; at < found; at++) {
      const column = index.find(counter.keys[at] ?? 0);
      if (column < 0) continue;
      const family = at < counter.characters ? 1 : 0;
      const value = (counter.valueOf(at) / (lengths[family] ?? 1)) * (factors[column] ?? 0);
      ofCharacters[column] = family;
      sums[family] = (sums[family] ?? 0) + value * value;
      columns[end] = column;
      values[end] = value;
      end++;
    }
    starts[row + 1] = end;
  }
  const scales = sums.map((sum) => (sum > 0 ? Math.sqrt(texts.length / sum) : 0));
  for (let column = 0; column < keys.length; column++)
    factors[column] = (factors[column] ?? 0) * (scales[ofCharacters[column] ?? 0] ?? 0);
  const squares = new Float64Array(keys.length);
  for (let at = 0; at < end; at++) {
    const column = columns[at] ?? 0;
    const value = (values[at] ?? 0) * (scales[ofCharacters[column] ?? 0] ?? 0);
    values[at] = value;
    squares[column] = (squares[column] ?? 0) + value * value;
  }
  return { keys, factors, squares, starts, columns, values, width: keys.length };
}

/** Which n-grams are in at least `minCount` texts, in how many each, and in how many all together. */
function survey(
  texts: readonly string[],
  counter: NgramCounter,
  minCount: number,
): { keys: Int32Array; frequencies: Int32Array; cells: number } {
  const index = new HashIndex(2 ** 16);
  let counts = new Int32Array(2 ** 16);
  for (const text of texts) {
    const found = counter.count(text);
    for (let at = 0; at < found; at++) {
      const number = index.add(counter.keys[at] ?? 0);
      if (number === counts.length) {
        const larger = new Int32Array(counts.length * 2);
        larger.set(counts);
        counts = larger;
      }
      counts[number] = (counts[number] ?? 0) + 1;
    }
  }
  const isFrequent = (_: number, number: number) => (counts[number] ?? 0) >= minCount;
  const frequencies = counts.subarray(0, index.size).filter(isFrequent);
  return {
    keys: index.keys().filter(isFrequent),
    frequencies,
    cells: frequencies.reduce((sum, count) => sum + count, 0),
  };
}
