import type { DecomposeMethod, Decomposition } from './decompose.ts';

const METHODS: Readonly<Record<DecomposeMethod, string>> = {
  class: 'one lane a label',
  kmeans: 'balanced k-means over the centroids of texts',
  graph: 'balanced partition of the confusion graph',
};

/** What a decomposition is, in a line. */
export function titleOf({ method, labels, groups }: Decomposition): string {
  return `${labels.length} labels in ${groups.length} ${groups.length === 1 ? 'lane' : 'lanes'}: ${METHODS[method]}`;
}

/** How good it is, in statements. */
export function figuresOf({ confusion, within, withinByChance, balance, cost }: Decomposition): string[] {
  const confused = confusion.reduce(
    (sum, line, label) => sum + line.reduce((all, rows, given) => all + (given === label ? 0 : rows), 0),
    0,
  );
  return [
    `${confused.toLocaleString('en')} rows confused`,
    `${percent(within)} of them within a lane, ${percent(withinByChance)} by chance`,
    `a lane takes ${cost.fixed.toFixed(1)} + ${cost.each.toFixed(1)} µs a label for a document`,
    `largest load ${balance.toFixed(2)} × the mean`,
  ];
}

/** A load, with its unit. */
export function loadWords(load: number): string {
  return `${load.toFixed(1)} µs`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
