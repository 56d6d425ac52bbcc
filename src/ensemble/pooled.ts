import { argmax } from '../integrate/argmax.ts';
import { softmax } from '../integrate/decide.ts';
import { uniformWeights, type VoteSample } from '../integrate/fit-weights.ts';
import { logOdds } from '../integrate/weighted-vote.ts';
import type { Example } from './examples.ts';

/** What the lanes said about examples whose labels are known, as the fitting of a vote wants it. */
export function sampleOf(
  lanes: readonly { readonly labels: readonly string[] }[],
  scores: readonly ArrayLike<number>[],
  examples: readonly Pick<Example, 'label'>[],
  labels: readonly string[],
): VoteSample {
  return {
    lanes: lanes.map((lane, index) => ({
      columns: lane.labels.map((label) => labels.indexOf(label)),
      scores: scores[index] ?? [],
    })),
    truth: examples.map(({ label }) => label),
    labels: labels.length,
  };
}

/** A vote over all of a sample at once: a weight a lane and a bias a label, in their order. */
export interface PoolWeights {
  readonly weights: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
}

/** The vote in which every label is heard equally. */
export function uniformVote(sample: VoteSample): PoolWeights {
  return { weights: uniformWeights(sample), bias: new Float64Array(sample.labels) };
}

/** The probabilities that a weighted vote gives to the labels of each row: `rows × labels`. */
export function pooled({ lanes, truth, labels }: VoteSample, { weights, bias }: PoolWeights): Float64Array {
  const rows = truth.length;
  const evidence = Float64Array.from({ length: rows * labels }, (_, i) => bias[i % labels] ?? 0);
  for (const [lane, { columns, scores }] of lanes.entries())
    for (let row = 0; row < rows; row++)
      for (const [i, label] of columns.entries()) {
        const score = scores[row * columns.length + i] ?? Number.NaN;
        if (Number.isNaN(score)) continue; // it abstains
        const cell = row * labels + label;
        evidence[cell] = (evidence[cell] ?? 0) + (weights[lane] ?? 0) * logOdds(score);
      }
  for (let row = 0; row < rows; row++) softmax(evidence.subarray(row * labels, (row + 1) * labels));
  return evidence;
}

/** The share of rows whose label is the most probable, and the mean log loss. */
export function qualityOf(
  { truth, labels }: VoteSample,
  probabilities: Float64Array,
): { accuracy: number; loss: number } {
  let right = 0;
  let loss = 0;
  for (let row = 0; row < truth.length; row++) {
    const label = truth[row] ?? 0;
    if (argmax(probabilities, row * labels, labels) === label) right++;
    loss -= Math.log(Math.max(probabilities[row * labels + label] ?? 0, Number.MIN_VALUE));
  }
  return { accuracy: right / truth.length, loss: loss / truth.length };
}
