import type { Ensemble } from '../ensemble/types.ts';
import type { Verdict } from '../integrate/verdict.ts';
import { voteOf } from '../integrate/vote-rule.ts';
import type { Vote } from '../integrate/weighted-vote.ts';
import { Ballot, type Panel } from '../lanes/ballot.ts';
import { type Scoring, scoreTexts } from './score-texts.ts';

/** What {@link predict} needs of an ensemble. */
export interface Predictor extends Scoring, Pick<Ensemble, 'weights' | 'bias' | 'boosted'> {}

/**
 * Labels texts that are all there, without a clock: what {@link classify} does for a stream, for an array. Its time goes by the number
 * of texts alone.
 *
 * @example
 * ```ts
 * const [verdict] = await predict(news, ['央行宣布下调存款准备金率']);
 * verdict?.label; // 'finance'
 * ```
 * @return a verdict a text, in their order
 * @throws LockstepError `SUBTASK_FAILED` or `INVALID_SCORES` if a subtask does not answer as it should.
 */
export async function predict(ensemble: Predictor, texts: readonly string[]): Promise<Verdict[]> {
  return verdictsOf(voteOf(ensemble), await scoreTexts(ensemble, texts), texts.length);
}

/** The verdicts on the first rows of a panel. */
export function verdictsOf(vote: Vote, panel: Panel, rows: number): Verdict[] {
  return Array.from({ length: rows }, (_, row) => vote(new Ballot(panel, row)));
}
