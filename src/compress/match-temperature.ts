import { invalidArgument } from '../errors.ts';
import { softmax } from '../integrate/decide.ts';

/** No probability is taken for less. */
const TINY = 1e-15;
const MOST = 10;
const STEPS = 30;
const CLOSE = 1e-5;
const FLAT = 1e-12;

/**
 * The temperature that brings probabilities next to others: the one at which their cross-entropy with `target` is least, found by Newton's
 * method within a bracket. What is asked for are not labels but how sure another model is of all labels, so few rows suffice.
 *
 * Source: G. Hinton, O. Vinyals and J. Dean, Distilling the knowledge in a neural network, 2015 (soft targets).
 *
 * @param given `rows × labels`
 * @param target `rows × labels`
 * @return 0.1 to 10
 * @throws LockstepError `INVALID_ARGUMENT` if the two differ in size.
 */
export function matchTemperature(given: ArrayLike<number>, target: ArrayLike<number>, labels: number): number {
  if (given.length !== target.length) throw invalidArgument('given', `${target.length} probabilities`, given.length);
  const evidence = Float64Array.from(given, (p) => Math.log(Math.max(p, TINY)));
  let low = 1 / MOST;
  let high = MOST;
  let inverse = 1;
  for (let step = 0; step < STEPS; step++) {
    const { slope, curvature } = derivativesAt(inverse, evidence, target, labels);
    if (curvature <= FLAT * given.length) break; // no temperature changes anything
    if (slope > 0) high = inverse;
    else low = inverse;
    const newton = inverse - slope / curvature;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    const moved = Math.abs(next - inverse);
    if (moved < CLOSE * inverse) break;
    inverse = next;
  }
  return 1 / inverse;
}

/** How the cross-entropy changes with the inverse of the temperature, in which it is convex. */
function derivativesAt(
  inverse: number,
  evidence: Float64Array,
  target: ArrayLike<number>,
  labels: number,
): { readonly slope: number; readonly curvature: number } {
  const scaled = new Float64Array(labels);
  let slope = 0;
  let curvature = 0;
  for (let start = 0; start < evidence.length; start += labels) {
    for (let label = 0; label < labels; label++) scaled[label] = (evidence[start + label] ?? 0) * inverse;
    softmax(scaled);
    let mean = 0;
    let square = 0;
    let wanted = 0;
    for (let label = 0; label < labels; label++) {
      const value = evidence[start + label] ?? 0;
      const p = scaled[label] ?? 0;
      mean += p * value;
      square += p * value * value;
      wanted += (target[start + label] ?? 0) * value;
    }
    slope += mean - wanted;
    curvature += square - mean * mean;
  }
  return { slope, curvature };
}
