/** `confusion[i][j]`: how many rows of label `i` were given label `j`. */
export type Confusion = readonly (readonly number[])[];

/** Counts rows by true and given label, both as indices below `labels`. */
export function confusionOf(truth: ArrayLike<number>, given: ArrayLike<number>, labels: number): Confusion {
  const counts = Array.from({ length: labels }, () => new Array<number>(labels).fill(0));
  for (let row = 0; row < truth.length; row++) {
    const line = counts[truth[row] ?? -1];
    const column = given[row] ?? -1;
    if (line?.[column] !== undefined) line[column]++;
  }
  return counts;
}

/** The share of rows that were given their label; 0 without rows. */
export function accuracyOf(confusion: Confusion): number {
  const right = confusion.reduce((sum, line, label) => sum + (line[label] ?? 0), 0);
  const all = confusion.flat().reduce((sum, count) => sum + count, 0);
  return all === 0 ? 0 : right / all;
}

/** The mean over all labels of F1; that of a label which neither occurs nor was given is 0. */
export function macroF1Of(confusion: Confusion): number {
  const scores = confusion.map((line, label) => {
    const right = line[label] ?? 0;
    const occurred = line.reduce((sum, count) => sum + count, 0);
    const given = confusion.reduce((sum, other) => sum + (other[label] ?? 0), 0);
    return right === 0 ? 0 : (2 * right) / (occurred + given);
  });
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/**
 * The area under the ROC curve: how often a positive row is scored above a negative one, ties counted half. Undefined
 * unless there are rows of both kinds.
 */
export function aucOf(isPositive: readonly boolean[], scores: ArrayLike<number>): number | undefined {
  const order = Array.from(isPositive.keys()).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  let rankSum = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && scores[order[end] ?? 0] === scores[order[start] ?? 0]) end++;
    const rank = (start + 1 + end) / 2; // the mean of the ranks from start + 1 to end
    for (const row of order.slice(start, end)) if (isPositive[row]) rankSum += rank;
    start = end;
  }
  const positives = isPositive.filter(Boolean).length;
  const negatives = isPositive.length - positives;
  if (positives === 0 || negatives === 0) return undefined;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/**
 * The expected calibration error: rows are put into bins of equal width by confidence; the differences between mean
 * confidence and accuracy of the bins are averaged, weighted by rows. 0 without rows.
 *
 * Source: C. Guo et al., On calibration of modern neural networks, ICML 2017.
 */
export function calibrationErrorOf(confidence: readonly number[], isRight: readonly boolean[], bins = 15): number {
  const sums = new Float64Array(bins); // confidence minus accuracy, summed over the rows of the bin
  for (const [row, value] of confidence.entries()) {
    // Bins are closed above: a confidence of 1 is in the last.
    const bin = Math.min(Math.max(Math.ceil(value * bins) - 1, 0), bins - 1);
    sums[bin] = (sums[bin] ?? 0) + value - (isRight[row] ? 1 : 0);
  }
  return confidence.length === 0 ? 0 : sums.reduce((sum, value) => sum + Math.abs(value), 0) / confidence.length;
}

/** The index of the highest of `count` values from `start` on; of equal ones the first. */
export function argmax(values: ArrayLike<number>, start: number, count: number): number {
  let winner = 0;
  for (let i = 1; i < count; i++) if ((values[start + i] ?? 0) > (values[start + winner] ?? 0)) winner = i;
  return winner;
}
