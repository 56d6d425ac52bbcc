import { fitBoostedVote } from '../integrate/boosting/fit-boosted-vote.ts';
import { fitVote, type VoteSample } from '../integrate/fit-weights.ts';
import { rounded as roundedTrees } from './boosted-field.ts';
import type { EnsembleModel } from './model.ts';
import { pooled, qualityOf } from './pooled.ts';

/** Which vote decides: one of fixed weights, or boosted trees, which may trust a lane only here and there. */
export type VoteKind = 'weighted' | 'boosted';

/** A vote, and the share of rows of the sample that it labels right. */
export interface FittedRule {
  readonly vote: EnsembleModel['vote'];
  /** 0 to 1. Of a weighted vote on the rows it was fitted to; of boosted trees on rows that such trees were not fitted to. */
  readonly accuracy: number;
}

/** So many digits of a vote's weights are kept. */
const DIGITS = 6;

/**
 * Fits a vote to what lanes said about rows that they did not learn from. Weights are fitted in any case.
 *
 * @param lanes those of the sample
 */
export function fitRule(
  sample: VoteSample,
  lanes: readonly { readonly name: string; readonly labels: readonly string[] }[],
  labels: readonly string[],
  { kind, seed }: { readonly kind: VoteKind; readonly seed: number },
): FittedRule {
  const { weights, bias } = fitVote(sample);
  const rounded = (value: number | undefined): number => Number((value ?? 0).toPrecision(DIGITS));
  const vote = {
    weights: Object.fromEntries(lanes.map(({ name }, at) => [name, rounded(weights[at])])),
    bias: Object.fromEntries(labels.map((label, at) => [label, rounded(bias[at])])),
  };
  if (kind === 'weighted') return { vote, accuracy: qualityOf(sample, pooled(sample, { weights, bias })).accuracy };
  const { trees, accuracy } = fitBoostedVote(sample, { seed });
  const known = lanes.map(({ name, labels: own }) => ({ name, labels: own }));
  return { vote: { ...vote, boosted: { labels, lanes: known, trees: roundedTrees(trees) } }, accuracy };
}
