/** Rows of like confidence. */
export interface ReliabilityBin {
  readonly rows: number;
  /** Their mean confidence. */
  readonly confidence: number;
  /** The share of them that are right. */
  readonly accuracy: number;
}

const BINS = 15;

/**
 * How often verdicts of like confidence are right: rows in order of confidence are cut into at most `bins` bins of equal mass, that
 * is with as many rows in each as there can be while rows of equal confidence share a bin. Bins of equal width would leave most
 * of a good model's rows in the last bin.
 *
 * Source: A. Kumar, P. Liang and T. Ma, Verified uncertainty calibration, NeurIPS 2019.
 */
export function reliabilityOf(
  confidence: ArrayLike<number>,
  isRight: readonly boolean[],
  bins: number = BINS,
): ReliabilityBin[] {
  const order = Array.from(isRight.keys()).sort((a, b) => (confidence[a] ?? 0) - (confidence[b] ?? 0));
  const cuts: ReliabilityBin[] = [];
  let start = 0;
  for (let bin = 1; bin <= bins; bin++) {
    let end = Math.round((bin * order.length) / bins);
    if (end <= start) continue;
    while (end < order.length && confidence[order[end] ?? 0] === confidence[order[end - 1] ?? 0]) end++;
    const rows = order.slice(start, end);
    const mean = (over: (row: number) => number) => rows.reduce((sum, row) => sum + over(row), 0) / rows.length;
    cuts.push({
      rows: rows.length,
      confidence: mean((row) => confidence[row] ?? 0),
      accuracy: mean((row) => (isRight[row] ? 1 : 0)),
    });
    start = end;
  }
  return cuts;
}

/**
 * The expected calibration error: the differences between mean confidence and accuracy of the bins, averaged, weighted by rows. 0 to 1;
 * 0 without rows. It is above 0 by chance alone: see {@link calibrationErrorByChance}.
 *
 * Source: C. Guo et al., On calibration of modern neural networks, ICML 2017.
 */
export function calibrationErrorOf(bins: readonly ReliabilityBin[]): number {
  return weightedMean(bins, ({ confidence, accuracy }) => Math.abs(confidence - accuracy));
}

/**
 * The calibration error to expect of these bins if confidence were exactly right: each bin's share of right rows then still strays from
 * its confidence as a binomial share does, about normally. An error that is not above this shows nothing.
 *
 * Source: J. Bröcker and L. A. Smith, Increasing the reliability of reliability diagrams, Weather and Forecasting 22, 2007.
 */
export function calibrationErrorByChance(bins: readonly ReliabilityBin[]): number {
  return weightedMean(bins, ({ rows, confidence }) =>
    Math.sqrt((2 / Math.PI) * ((confidence * (1 - confidence)) / rows)),
  );
}

function weightedMean(bins: readonly ReliabilityBin[], over: (bin: ReliabilityBin) => number): number {
  const rows = bins.reduce((sum, bin) => sum + bin.rows, 0);
  const sum = bins.reduce((total, bin) => total + bin.rows * over(bin), 0);
  return rows === 0 ? 0 : sum / rows;
}
