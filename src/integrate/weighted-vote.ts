import { invalidArgument } from '../errors.ts';
import type { Ballot } from '../lanes/ballot.ts';
import type { Layout } from '../lanes/layout.ts';
import { decide, probabilitiesOf, topTwo } from './decide.ts';
import { type Details, type LaneShare, LazyVerdict, type Verdict } from './verdict.ts';

/** How much a lane is heard, and what a label has in its favour before anyone spoke. */
export interface VoteWeights {
  /** One non-negative weight a lane, by its name. @default 1 each */
  readonly weights?: Readonly<Record<string, number>> | undefined;
  /** One offset a label, in log-odds. @default 0 each */
  readonly bias?: Readonly<Record<string, number>> | undefined;
}

/** Probabilities are kept this far from 0 and 1, so that no lane can be infinitely sure. */
const CLAMP = 1e-6;

/** The log-odds of a probability, log(p / (1 - p)), with `p` kept {@link CLAMP} away from 0 and 1. */
export function logOdds(probability: number): number {
  const p = Math.min(Math.max(probability, CLAMP), 1 - CLAMP);
  return Math.log(p / (1 - p));
}

/** Turns ballots into verdicts. */
export type Vote = (ballot: Ballot) => Verdict;

/**
 * The weighted vote: a logarithmic opinion pool. The evidence for a label is its bias plus the weighted log-odds of each lane
 * that knows the label and did not abstain; the softmax of the evidence is the confidence. A lane that says 0.5 of its one
 * label, or abstains, moves nothing. Of labels with equal evidence the first in the order of the ensemble wins.
 *
 * Source: C. Genest and J. Zidek, Combining probability distributions, Statistical Science 1(1), 1986.
 *
 * @throws LockstepError `INVALID_ARGUMENT` if a weight is negative or not finite, or a bias is not finite; on the first ballot
 * if a weight names no lane or a bias no label.
 */
export function weightedVote({ weights = {}, bias = {} }: VoteWeights = {}): Vote {
  for (const [lane, weight] of Object.entries(weights))
    if (!(Number.isFinite(weight) && weight >= 0))
      throw invalidArgument(`weights.${lane}`, 'a finite number of at least 0', weight);
  for (const [label, offset] of Object.entries(bias))
    if (!Number.isFinite(offset)) throw invalidArgument(`bias.${label}`, 'a finite number', offset);

  let pool: Pool | undefined; // every ballot of a stream has the same layout, so this is built once
  return (ballot) => {
    if (pool?.layout !== ballot.panel.layout) pool = new Pool(ballot.panel.layout, weights, bias);
    return pool.decide(ballot);
  };
}

/** The opinion pool for one layout. */
class Pool implements Details {
  readonly layout: Layout;
  readonly #weights: readonly number[];
  readonly #bias: Float64Array;
  /** Scratch: the evidence for each label. */
  readonly #evidence: Float64Array;

  constructor(layout: Layout, weights: Readonly<Record<string, number>>, bias: Readonly<Record<string, number>>) {
    checkNames(
      'weights',
      'a lane',
      weights,
      layout.lanes.map(({ name }) => name),
    );
    checkNames('bias', 'a label', bias, layout.labels);
    this.layout = layout;
    // Maps, for a lane may be called `constructor`, which every object has.
    const weightOf = new Map(Object.entries(weights));
    const biasOf = new Map(Object.entries(bias));
    this.#weights = layout.lanes.map(({ name }) => weightOf.get(name) ?? 1);
    this.#bias = Float64Array.from(layout.labels, (label) => biasOf.get(label) ?? 0);
    this.#evidence = new Float64Array(layout.labels.length);
  }

  decide(ballot: Ballot): Verdict {
    return new LazyVerdict(decide(this.#weigh(ballot), this.layout.labels), ballot, this);
  }

  probabilities(ballot: Ballot): Record<string, number> {
    return probabilitiesOf(this.#weigh(ballot), this.layout.labels);
  }

  #weigh({ panel, row }: Ballot): Float64Array {
    const { lanes } = this.layout;
    const evidence = this.#evidence;
    evidence.set(this.#bias);
    for (let lane = 0; lane < lanes.length; lane++) {
      const columns = lanes[lane]?.columns ?? [];
      const scores = panel.answers[lane];
      const weight = this.#weights[lane] ?? 0;
      if (!scores || weight === 0) continue;
      const at = row * columns.length;
      if (Number.isNaN(scores[at])) continue;
      for (let i = 0; i < columns.length; i++) {
        const label = columns[i] ?? 0;
        evidence[label] = (evidence[label] ?? 0) + weight * logOdds(scores[at + i] ?? 0);
      }
    }
    return evidence;
  }

  shares(ballot: Ballot): Record<string, LaneShare | null> {
    const { panel, row } = ballot;
    const [winner, runnerUp] = topTwo(this.#weigh(ballot));
    const shares: Record<string, LaneShare | null> = {};
    for (const [lane, { name, labels, columns }] of this.layout.lanes.entries()) {
      shares[name] = null;
      if (!panel.hasVote(lane, row)) continue;
      const scores = Array.from(labels, (_, i) => panel.answers[lane]?.[row * labels.length + i] ?? 0);
      const evidenceFor = (label: number | undefined): number => {
        const column = label === undefined ? -1 : columns.indexOf(label);
        return column < 0 ? 0 : logOdds(scores[column] ?? 0);
      };
      const loudest = topTwo(scores)[0];
      shares[name] = {
        label: labels[loudest] ?? '',
        score: scores[loudest] ?? 0,
        share: (this.#weights[lane] ?? 0) * (evidenceFor(winner) - evidenceFor(runnerUp)),
      };
    }
    return shares;
  }
}

function checkNames(option: string, what: string, given: object, known: readonly string[]): void {
  for (const name of Object.keys(given))
    if (!known.includes(name)) throw invalidArgument(option, `keyed by ${what} of [${known.join(', ')}]`, name);
}
