import { Ballot, Panel } from '../lanes/ballot.ts';
import { layoutOf } from '../lanes/layout.ts';

/** What one lane says in {@link ballotOf}: its score for the label of its own name, its score for each label, or nothing. */
export type LaneOpinion = number | Readonly<Record<string, number>> | null;

/**
 * A ballot written by hand: for each lane the probability of the label of the same name, or of each of its labels, or null
 * if it abstains.
 *
 * @example
 * ```ts
 * ballotOf({ tech: 0.9, finance: 0.2, culture: null });
 * ballotOf({ cnn: { tech: 0.9, finance: 0.1 }, rnn: { tech: 0.3, finance: 0.7 } });
 * ```
 * @throws LockstepError `INVALID_ARGUMENT` if there are no lanes
 */
export function ballotOf(opinions: Readonly<Record<string, LaneOpinion>>): Ballot {
  const lanes = Object.entries(opinions).map(([name, opinion]) => {
    const scores = typeof opinion === 'object' && opinion !== null ? opinion : { [name]: opinion ?? Number.NaN };
    return { name, labels: Object.keys(scores), scores: Float32Array.from(Object.values(scores)) };
  });
  const answers = lanes.map(({ name, scores }) => (opinions[name] === null ? undefined : scores));
  return new Ballot(new Panel(layoutOf(lanes), answers), 0);
}
