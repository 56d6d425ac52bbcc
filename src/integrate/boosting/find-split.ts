import { type Binned, MISSING } from './bins.ts';
import { type Histogram, placeOf, STRIDE, type Sums } from './histogram.ts';

/** How a node may be split. */
export interface SplitRules {
  /** Rows at least on either side. */
  readonly minRows: number;
  /** Added to the curvature of each side: the larger, the smaller the values of leaves. */
  readonly l2: number;
}

/** A question that parts a node, and what that brings. */
export interface Split {
  readonly feature: number;
  /** The last bin that goes left. */
  readonly bin: number;
  readonly missingLeft: boolean;
  /** By how much the loss falls, to the second order, times two. */
  readonly gain: number;
  readonly left: Sums;
  readonly right: Sums;
}

/** Less curvature than this on a side tells nothing. */
const LEAST_CURVATURE = 1e-3;
/** So that nothing is divided by 0. */
const TINY = 1e-15;

/** The step that lowers the loss of some rows most, to the second order. */
export function bestStep({ gradient, curvature }: Sums, l2: number): number {
  return -gradient / (curvature + l2 + TINY);
}

/**
 * The split of a node that lowers the loss most; undefined if none does. Rows without a value go to the side where they do more good;
 * if the node has none, to the side with more rows.
 *
 * Source: T. Chen and C. Guestrin, XGBoost, KDD 2016, algorithm 3; G. Ke et al., LightGBM, NIPS 2017.
 */
export function findSplit(data: Binned, histogram: Histogram, total: Sums, rules: SplitRules): Split | undefined {
  let best: Split | undefined;
  for (let feature = 0; feature < data.columns.length; feature++) {
    const bins = (data.bounds[feature]?.length ?? 0) + 1;
    const isComplete = histogram[placeOf(feature, MISSING) + 2] === 0;
    for (const missingLeft of isComplete ? [undefined] : [false, true])
      best = scan(histogram, { feature, bins, missingLeft }, total, rules, best) ?? best;
  }
  return best;
}

/** A feature to be looked at. */
interface Look {
  readonly feature: number;
  readonly bins: number;
  /** Where rows without a value go; undefined if there are none. */
  readonly missingLeft: boolean | undefined;
}

/**
 * The best split of a feature, if it is better than `best`. The sums are plain variables: this loop runs a hundred million times in a
 * fit.
 */
function scan(
  histogram: Histogram,
  { feature, bins, missingLeft }: Look,
  total: Sums,
  { minRows, l2 }: SplitRules,
  best: Split | undefined,
): Split | undefined {
  const missing = placeOf(feature, MISSING);
  let gradient = missingLeft ? (histogram[missing] ?? 0) : 0;
  let curvature = missingLeft ? (histogram[missing + 1] ?? 0) : 0;
  let rows = missingLeft ? (histogram[missing + 2] ?? 0) : 0;
  const whole = fall(total.gradient, total.curvature, l2);
  let gain = best?.gain ?? 0;
  let found: { readonly bin: number; readonly left: Sums } | undefined;
  // With all values on the left and those without one on the right, the question is whether there is a value.
  const end = missingLeft === false ? bins : bins - 1;
  for (let bin = 0, at = placeOf(feature, 0); bin < end; bin++, at += STRIDE) {
    gradient += histogram[at] ?? 0;
    curvature += histogram[at + 1] ?? 0;
    rows += histogram[at + 2] ?? 0;
    if (rows < minRows || curvature < LEAST_CURVATURE) continue;
    const rest = total.curvature - curvature;
    if (total.rows - rows < minRows || rest < LEAST_CURVATURE) break;
    const own = fall(gradient, curvature, l2) + fall(total.gradient - gradient, rest, l2) - whole;
    // Bins without rows part them alike. As scikit-learn does, the last of such splits is taken if rows without a value go left.
    if (missingLeft && found ? own < gain : own <= gain) continue;
    gain = own;
    found = { bin, left: { gradient, curvature, rows } };
  }
  if (!found) return undefined;
  const { bin, left } = found;
  const right = {
    gradient: total.gradient - left.gradient,
    curvature: total.curvature - left.curvature,
    rows: total.rows - left.rows,
  };
  return { feature, bin, missingLeft: missingLeft ?? left.rows > right.rows, gain, left, right };
}

/** How far the loss of some rows falls by their {@link bestStep}, times two. */
function fall(gradient: number, curvature: number, l2: number): number {
  return (gradient * gradient) / (curvature + l2 + TINY);
}
