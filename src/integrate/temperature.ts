import { invalidArgument } from '../errors.ts';
import { softmax } from './decide.ts';

/** Probabilities of labels, and what the labels are. */
export interface Forecast {
  /** The index of the true label of each row. */
  readonly truth: ArrayLike<number>;
  /** `rows × labels`. */
  readonly probabilities: ArrayLike<number>;
  readonly labels: number;
}

/** No temperature is below this, or above its inverse: where every row is right, the loss would want 0. */
const LEAST = 0.01;
/** No probability is taken for less. */
const TINY = 1e-15;
const STEPS = 60;

/**
 * The temperature that makes confidence right: evidence divided by it has the least log loss on the sample. Above 1 a model was too sure,
 * below 1 not sure enough. No label changes: probabilities keep their order, and the log loss on the sample is at most
 * what it was. The rows must not be those that the evidence was fitted to, or it finds nothing to correct. A weighted vote whose weights were
 * fitted to rows that the lanes did not learn from has a temperature near 1 already.
 *
 * Source: C. Guo et al., On calibration of modern neural networks, ICML 2017.
 *
 * @return 0.01 to 100
 * @throws LockstepError `INVALID_ARGUMENT` if there are no rows, or the probabilities do not fit them.
 */
export function fitTemperature({ truth, probabilities, labels }: Forecast): number {
  const rows = truth.length;
  if (rows === 0) throw invalidArgument('truth', 'at least one row', rows);
  if (probabilities.length !== rows * labels)
    throw invalidArgument('probabilities', `${rows} rows of ${labels}`, probabilities.length);
  const evidence = Float64Array.from(probabilities, (p) => Math.log(Math.max(p, TINY)));
  const scaled = new Float64Array(labels);
  /** How the loss changes with the inverse of the temperature, in which it is convex. */
  const slopeAt = (inverse: number): number => {
    let slope = 0;
    for (let row = 0; row < rows; row++) {
      const own = evidence.subarray(row * labels, (row + 1) * labels);
      for (let label = 0; label < labels; label++) scaled[label] = (own[label] ?? 0) * inverse;
      softmax(scaled);
      for (let label = 0; label < labels; label++) slope += (scaled[label] ?? 0) * (own[label] ?? 0);
      slope -= own[truth[row] ?? 0] ?? 0;
    }
    return slope;
  };
  let [low, high] = [Math.log(LEAST), -Math.log(LEAST)]; // of the logarithm of the inverse
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (slopeAt(Math.exp(middle)) > 0) high = middle;
    else low = middle;
  }
  return Math.exp(-(low + high) / 2);
}

/** Probabilities at a temperature: those of evidence divided by it. `rows × labels`. */
export function atTemperature(probabilities: ArrayLike<number>, labels: number, temperature: number): Float64Array {
  const scaled = Float64Array.from(probabilities, (p) => Math.log(Math.max(p, TINY)) / temperature);
  for (let start = 0; start < scaled.length; start += labels) softmax(scaled.subarray(start, start + labels));
  return scaled;
}

/** Numbers by name. */
type Named = Readonly<Record<string, number>>;

/** The weights whose vote is {@link atTemperature}: its evidence is a weighted sum, so that can be divided beforehand. */
export function weightsAtTemperature(
  { weights, bias }: { readonly weights: Named; readonly bias: Named },
  temperature: number,
): { readonly weights: Named; readonly bias: Named } {
  const divided = (values: Named): Named =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value / temperature]));
  return { weights: divided(weights), bias: divided(bias) };
}
