/** Turns a margin into log-odds: `slope` times the margin plus `offset`. */
export interface Calibration {
  readonly slope: number;
  readonly offset: number;
}

const STEPS = 100;
/** Keeps the problem strictly convex. */
const RIDGE = 1e-10;
const SMALLEST_SLOPE = 1e-3;

/**
 * Fits log-odds to margins by maximum likelihood, with the truth drawn towards a half where rows are few. The slope is never
 * negative: a margin that tells nothing gets next to none.
 *
 * Source: J. Platt, Probabilistic outputs for support vector machines, 1999; H.-T. Lin, C.-J. Lin and R. Weng, A note on Platt's
 * probabilistic outputs, Machine Learning 68, 2007 (Newton's method with backtracking).
 */
export function calibrate(margins: ArrayLike<number>, isPositive: (row: number) => boolean): Calibration {
  const rows = margins.length;
  let positives = 0;
  for (let row = 0; row < rows; row++) if (isPositive(row)) positives++;
  const yes = (positives + 1) / (positives + 2);
  const no = 1 / (rows - positives + 2);
  const target = (row: number) => (isPositive(row) ? yes : no);
  let at = { slope: 1, offset: Math.log((positives + 1) / (rows - positives + 1)) };
  let loss = lossOf(margins, target, at);
  for (let step = 0; step < STEPS; step++) {
    const direction = newtonStep(margins, target, at);
    let length = 1;
    let next = at;
    let reached = loss;
    for (; length > 1e-8; length /= 2) {
      next = { slope: at.slope + length * direction.slope, offset: at.offset + length * direction.offset };
      reached = lossOf(margins, target, next);
      if (reached < loss) break;
    }
    if (!(reached < loss - 1e-10 * Math.abs(loss))) break;
    at = next;
    loss = reached;
  }
  return { slope: Math.max(at.slope, SMALLEST_SLOPE), offset: at.offset };
}

function lossOf(margins: ArrayLike<number>, target: (row: number) => number, { slope, offset }: Calibration): number {
  let loss = 0;
  for (let row = 0; row < margins.length; row++) {
    const odds = slope * (margins[row] ?? 0) + offset;
    loss += Math.max(odds, 0) - target(row) * odds + Math.log1p(Math.exp(-Math.abs(odds)));
  }
  return loss;
}

function newtonStep(
  margins: ArrayLike<number>,
  target: (row: number) => number,
  { slope, offset }: Calibration,
): Calibration {
  let [gradientSlope, gradientOffset, a, b, c] = [0, 0, RIDGE, 0, RIDGE]; // the Hessian: a b, b c
  for (let row = 0; row < margins.length; row++) {
    const margin = margins[row] ?? 0;
    const probability = 1 / (1 + Math.exp(-(slope * margin + offset)));
    const error = probability - target(row);
    const curvature = probability * (1 - probability);
    gradientSlope += error * margin;
    gradientOffset += error;
    a += curvature * margin * margin;
    b += curvature * margin;
    c += curvature;
  }
  const determinant = a * c - b * b;
  if (!(determinant > 0)) return { slope: 0, offset: 0 };
  return {
    slope: -(c * gradientSlope - b * gradientOffset) / determinant,
    offset: -(a * gradientOffset - b * gradientSlope) / determinant,
  };
}
