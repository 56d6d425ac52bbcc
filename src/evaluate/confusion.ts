/** `confusion[i][j]`: how many rows of label `i` were given label `j`. */
export type Confusion = readonly (readonly number[])[];

/** How well one label was told from the others. */
export interface LabelScore {
  /** Of the rows that were given the label, the share whose label it is; 0 if it was never given. */
  readonly precision: number;
  /** Of the rows whose label it is, the share that was given it; 0 without such rows. */
  readonly recall: number;
  /** The harmonic mean of the two; 0 if either is. */
  readonly f1: number;
  /** How many rows have the label. */
  readonly rows: number;
}

/** Counts rows by true and given label, both as indices below `labels`; rows that were given none of them are not counted. */
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
  const all = confusion.reduce((sum, line) => sum + sumOf(line), 0);
  return all === 0 ? 0 : right / all;
}

/** Precision, recall and F1 of each label. */
export function labelScoresOf(confusion: Confusion): LabelScore[] {
  const given = confusion.map((_, label) => confusion.reduce((sum, line) => sum + (line[label] ?? 0), 0));
  return confusion.map((line, label) => {
    const right = line[label] ?? 0;
    const rows = sumOf(line);
    return {
      precision: right === 0 ? 0 : right / (given[label] ?? 0),
      recall: right === 0 ? 0 : right / rows,
      f1: f1Of(right, rows, given[label] ?? 0),
      rows,
    };
  });
}

/** The mean over all labels of F1. */
export function macroF1Of(confusion: Confusion): number {
  return labelScoresOf(confusion).reduce((sum, { f1 }) => sum + f1, 0) / confusion.length;
}

/** F1 of a label by counts of rows: rightly given it, of that label, given it. */
export function f1Of(right: number, rows: number, given: number): number {
  return right === 0 ? 0 : (2 * right) / (rows + given);
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
