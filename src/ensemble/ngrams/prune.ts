import type { NgramTable } from '../../subtasks/ngrams/ngram-table.ts';
import type { CountedRows } from './count-rows.ts';
import type { LinearFit } from './fit-linear.ts';

const LEVELS = 127;

/**
 * The `size` n-grams that move the margins of the rows most, in the root of the mean square, in 8 bits each; what rounds to zero is
 * left out. An n-gram with a large weight that next to no text has goes before a common one with a small weight.
 */
export function pruned(rows: CountedRows, { weights, bias }: LinearFit, size: number): NgramTable {
  const effects = rows.squares.map((square, column) => square * (weights[column] ?? 0) ** 2);
  const least = effects.length > size ? (effects.slice().sort()[effects.length - size] ?? 0) : 0;
  const perKey = weights.map((weight, column) => weight * (rows.factors[column] ?? 0));
  const kept = Array.from(effects.keys()).filter((column) => (effects[column] ?? 0) >= least);
  const largest = kept.reduce((most, column) => Math.max(most, Math.abs(perKey[column] ?? 0)), 0);
  const scale = largest / LEVELS || 1;
  const rounded = (column: number) => Math.round((perKey[column] ?? 0) / scale);
  const columns = kept
    .filter((column) => rounded(column) !== 0)
    .sort((a, b) => (rows.keys[a] ?? 0) - (rows.keys[b] ?? 0))
    .slice(0, size);
  return {
    keys: Int32Array.from(columns, (column) => rows.keys[column] ?? 0),
    weights: Int8Array.from(columns, rounded),
    scale,
    bias,
  };
}
