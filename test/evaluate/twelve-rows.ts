/** Twelve rows of three labels; what is expected of them was computed with scikit-learn, SciPy and NumPy. */
export const LABELS: readonly string[] = ['a', 'b', 'c'];
export const TRUTH: readonly number[] = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 0, 1];
export const PROBABILITIES: readonly (readonly number[])[] = [
  [0.3, 0.19, 0.51],
  [0.42, 0.3, 0.28],
  [0.21, 0.48, 0.31],
  [0.65, 0.19, 0.16],
  [0.03, 0.78, 0.19],
  [0.04, 0.87, 0.09],
  [0.54, 0.34, 0.12],
  [0.04, 0.03, 0.93],
  [0.18, 0.38, 0.44],
  [0.3, 0.17, 0.53],
  [0.49, 0.02, 0.49],
  [0.26, 0.58, 0.16],
];
/** The most probable of each row; of equal ones the first. */
export const GIVEN: readonly number[] = [2, 0, 1, 0, 1, 1, 0, 2, 2, 2, 0, 1];
export const CONFIDENCE: readonly number[] = PROBABILITIES.map((row) => Math.max(...row));
export const IS_RIGHT: readonly boolean[] = GIVEN.map((label, row) => label === TRUTH[row]);
