import { describe, invalidArgument, LockstepError } from '../../errors.ts';
import type { Ballot } from '../../lanes/ballot.ts';
import type { Layout } from '../../lanes/layout.ts';
import { decide, probabilitiesOf, topTwo } from '../decide.ts';
import { type Details, type LaneShare, LazyVerdict, type Verdict } from '../verdict.ts';
import { logOdds, type Vote } from '../weighted-vote.ts';
import type { BoostedTrees } from './boosted-trees.ts';

/** Trees over what lanes say. */
export interface BoostedVote {
  /** What the trees decide between, in their order. */
  readonly labels: readonly string[];
  /** The features of the trees: for each lane, in this order, the log-odds of each of its labels. */
  readonly lanes: readonly { readonly name: string; readonly labels: readonly string[] }[];
  readonly trees: BoostedTrees;
}

/**
 * The vote of gradient-boosted trees, which learned from what lanes say together (stacking): they may trust a lane for one label and not
 * for another, or only where a second one agrees. A lane that abstains, or is not there, is a case that they know.
 *
 * @example
 * ```ts
 * const trees = parseBoostedTrees(JSON.parse('{ "baseline": [0, 0], "features": 2, "rounds": [] }'));
 * const decide = boostedVote({ labels: ['tech', 'finance'], lanes: [{ name: 'cnn', labels: ['tech', 'finance'] }], trees });
 * encoded$.pipe(fanOut(news.subtasks, { clock }), zipLanes(), vote(decide));
 * ```
 * @throws LockstepError `INVALID_ARGUMENT` if the trees are not for these lanes and labels; on the first ballot if one of its lanes is
 * unknown here, or has other labels.
 */
export function boostedVote({ labels, lanes, trees }: BoostedVote): Vote {
  const features = lanes.reduce((sum, lane) => sum + lane.labels.length, 0);
  if (trees.baseline.length !== labels.length)
    throw invalidArgument('labels', `${trees.baseline.length} labels`, labels.length);
  if (trees.features !== features) throw invalidArgument('lanes', `with ${trees.features} labels together`, features);
  let stack: Stack | undefined; // every ballot of a stream has the same layout, so this is built once
  return (ballot) => {
    if (stack?.layout !== ballot.panel.layout) stack = new Stack(ballot.panel.layout, { labels, lanes, trees });
    return stack.decide(ballot);
  };
}

/** The trees for one layout. */
class Stack implements Details {
  readonly layout: Layout;
  readonly #labels: readonly string[];
  readonly #trees: BoostedTrees;
  /** For each lane of the layout where its features begin. */
  readonly #starts: readonly number[];
  /** Scratch: what the trees see, and what they say. */
  readonly #features: Float64Array;
  readonly #evidence: Float64Array;

  constructor(layout: Layout, { labels, lanes, trees }: BoostedVote) {
    this.layout = layout;
    this.#labels = labels;
    this.#trees = trees;
    this.#features = new Float64Array(trees.features);
    this.#evidence = new Float64Array(labels.length);
    const starts = new Map<string, number>();
    let start = 0;
    for (const lane of lanes) {
      starts.set(keyOf(lane), start);
      start += lane.labels.length;
    }
    this.#starts = layout.lanes.map((lane) => {
      const found = starts.get(keyOf(lane));
      if (found !== undefined) return found;
      const known = lanes.map(keyOf).join('; ');
      throw new LockstepError(
        'INVALID_ARGUMENT',
        `Expected lanes that the vote knows, ${known}; got ${describe(keyOf(lane))}`,
      );
    });
  }

  decide(ballot: Ballot): Verdict {
    return new LazyVerdict(decide(this.#weigh(ballot), this.#labels), ballot, this);
  }

  probabilities(ballot: Ballot): Record<string, number> {
    return probabilitiesOf(this.#weigh(ballot), this.#labels);
  }

  shares(ballot: Ballot): Record<string, LaneShare | null> {
    const { panel, row } = ballot;
    const evidence = this.#weigh(ballot);
    const [winner, runnerUp = winner] = topTwo(evidence);
    const gapOf = (of: Float64Array): number => (of[winner] ?? 0) - (of[runnerUp] ?? 0);
    const gap = gapOf(evidence);
    return Object.fromEntries(
      this.layout.lanes.map(({ name, labels }, lane) => {
        if (!panel.hasVote(lane, row)) return [name, null];
        const scores = Array.from(labels, (_, i) => panel.answers[lane]?.[row * labels.length + i] ?? 0);
        const [loudest] = topTwo(scores);
        const share = gap - gapOf(this.#weigh(ballot, lane));
        return [name, { label: labels[loudest] ?? '', score: scores[loudest] ?? 0, share }];
      }),
    );
  }

  /** @param silent a lane that is not to be heard */
  #weigh({ panel, row }: Ballot, silent?: number): Float64Array {
    this.#features.fill(Number.NaN);
    for (const [lane, { labels }] of this.layout.lanes.entries()) {
      if (lane === silent || !panel.hasVote(lane, row)) continue;
      const scores = panel.answers[lane];
      const start = this.#starts[lane] ?? 0;
      for (let i = 0; i < labels.length; i++)
        this.#features[start + i] = logOdds(scores?.[row * labels.length + i] ?? 0);
    }
    this.#trees.weigh(this.#features, 0, this.#evidence);
    return this.#evidence;
  }
}

/** A lane by its name and labels, in their order. */
function keyOf({ name, labels }: { readonly name: string; readonly labels: readonly string[] }): string {
  return `${name} (${labels.join(', ')})`;
}
