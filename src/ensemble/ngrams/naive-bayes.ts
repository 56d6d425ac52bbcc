import type { SparseRows } from './fit-linear.ts';

/**
 * How much each column tells a label from the others: the logarithm of the ratio between its share of the columns in the label's
 * rows and in the others, each count begun at 1; without its sign.
 *
 * Source: S. Wang and C. Manning, Baselines and bigrams, ACL 2012 (the ratio r of NB-SVM).
 */
export function logCountRatios(rows: SparseRows, isPositive: (row: number) => boolean): Float32Array {
  const { starts, columns, width } = rows;
  const inside = new Float64Array(width).fill(1);
  const outside = new Float64Array(width).fill(1);
  for (let row = 0; row < starts.length - 1; row++) {
    const counts = isPositive(row) ? inside : outside;
    for (let at = starts[row] ?? 0; at < (starts[row + 1] ?? 0); at++) {
      const column = columns[at] ?? 0;
      counts[column] = (counts[column] ?? 0) + 1;
    }
  }
  const shift = Math.log(sum(outside) / sum(inside));
  return Float32Array.from(inside, (count, column) => Math.abs(Math.log(count / (outside[column] ?? 1)) + shift));
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
