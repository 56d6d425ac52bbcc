import type { Verdict } from './verdict.ts';

/** The label with the most evidence, and how sure that is. Evidence is in log-odds: its softmax are the probabilities. */
export function decide(
  evidence: ArrayLike<number>,
  labels: readonly string[],
): Pick<Verdict, 'label' | 'confidence' | 'margin'> {
  const [winner, runnerUp] = topTwo(evidence);
  const highest = evidence[winner] ?? 0;
  let sum = 0;
  for (let i = 0; i < evidence.length; i++) sum += Math.exp((evidence[i] ?? 0) - highest);
  const confidence = 1 / sum;
  const second = runnerUp === undefined ? 0 : Math.exp((evidence[runnerUp] ?? 0) - highest) / sum;
  return { label: labels[winner] ?? '', confidence, margin: confidence - second };
}

/** The softmax of evidence, by label. */
export function probabilitiesOf(evidence: Float64Array, labels: readonly string[]): Record<string, number> {
  const probabilities = evidence.slice();
  softmax(probabilities);
  return Object.fromEntries(labels.map((label, i) => [label, probabilities[i] ?? 0]));
}

/** Turns evidence into probabilities, in place; gives the logarithm of the sum of its exponentials. */
export function softmax(evidence: Float64Array): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (const value of evidence) if (value > highest) highest = value;
  let sum = 0;
  for (let i = 0; i < evidence.length; i++) {
    const part = Math.exp((evidence[i] ?? 0) - highest);
    evidence[i] = part;
    sum += part;
  }
  for (let i = 0; i < evidence.length; i++) evidence[i] = (evidence[i] ?? 0) / sum;
  return highest + Math.log(sum);
}

/** The indices of the two highest values; of equal ones the first comes first. */
export function topTwo(values: ArrayLike<number>): [number, number | undefined] {
  let first = 0;
  let second: number | undefined;
  for (let index = 1; index < values.length; index++) {
    const value = values[index] ?? 0;
    if (value > (values[first] ?? 0)) {
      second = first;
      first = index;
    } else if (second === undefined || value > (values[second] ?? 0)) {
      second = index;
    }
  }
  return [first, second];
}
