import { type BoostedVote, boostedVote } from './boosting/boosted-vote.ts';
import { type Vote, type VoteWeights, weightedVote } from './weighted-vote.ts';

/** How an ensemble makes verdicts of ballots: by a weighted vote, or in its place by boosted trees. */
export interface VoteRule extends VoteWeights {
  /** Trees that decide in place of the weights. @default none */
  readonly boosted?: BoostedVote | undefined;
}

/**
 * The vote by a rule.
 *
 * @throws LockstepError `INVALID_ARGUMENT` as {@link boostedVote} or {@link weightedVote} do.
 */
export function voteOf({ boosted, weights, bias }: VoteRule): Vote {
  return boosted === undefined ? weightedVote({ weights, bias }) : boostedVote(boosted);
}
