import { invalidArgument } from '../errors.ts';
import { UncertainVerdict } from './verdict.ts';
import type { Vote } from './weighted-vote.ts';

/**
 * A vote whose verdicts are marked as uncertain where they are less sure than `minConfidence`; nothing else about them changes.
 *
 * Source: C. K. Chow, On optimum recognition error and reject tradeoff, IEEE Transactions on Information Theory 16(1), 1970.
 *
 * @throws LockstepError `INVALID_ARGUMENT` if `minConfidence` is not a number from 0 to 1
 */
export function withReject(vote: Vote, minConfidence: number): Vote {
  if (!(Number.isFinite(minConfidence) && minConfidence >= 0 && minConfidence <= 1))
    throw invalidArgument('minConfidence', 'a number from 0 to 1', minConfidence);
  if (minConfidence === 0) return vote;
  return (ballot) => {
    const verdict = vote(ballot);
    return verdict.confidence < minConfidence ? new UncertainVerdict(verdict) : verdict;
  };
}
