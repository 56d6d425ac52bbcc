/** What a reject option would bring: the rows that are labelled if verdicts below a confidence are not used. */
export interface CoveragePoint {
  /** A verdict of at least this confidence is used. */
  readonly minConfidence: number;
  /** The share of rows that are then labelled. */
  readonly coverage: number;
  /** The share of those that are right. */
  readonly accuracy: number;
}

const POINTS = 100;

/**
 * Accuracy against coverage, from few rows to all: for each hundredth of the rows the highest `minConfidence` that labels at
 * least so many. Rows of equal confidence come together.
 *
 * Source: R. El-Yaniv and Y. Wiener, On the foundations of noise-free selective classification, JMLR 11, 2010.
 */
export function coverageOf(confidence: ArrayLike<number>, isRight: readonly boolean[]): CoveragePoint[] {
  const rows = isRight.length;
  const order = Array.from(isRight.keys()).sort((a, b) => (confidence[b] ?? 0) - (confidence[a] ?? 0));
  const points: CoveragePoint[] = [];
  let right = 0;
  let wanted = 1;
  for (const [index, row] of order.entries()) {
    if (isRight[row]) right++;
    const taken = index + 1;
    const isTied = taken < rows && confidence[order[taken] ?? 0] === confidence[row];
    if (isTied || taken * POINTS < wanted * rows) continue;
    points.push({ minConfidence: confidence[row] ?? 0, coverage: taken / rows, accuracy: right / taken });
    wanted = Math.floor((taken * POINTS) / rows) + 1;
  }
  return points;
}
