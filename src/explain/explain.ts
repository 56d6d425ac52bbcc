import { type Predictor, verdictsOf } from '../evaluate/predict.ts';
import { encoded, scoreDocuments } from '../evaluate/score-texts.ts';
import type { LaneShare, Verdict } from '../integrate/verdict.ts';
import { voteOf } from '../integrate/vote-rule.ts';
import type { Vote } from '../integrate/weighted-vote.ts';
import { Ballot, Panel } from '../lanes/ballot.ts';
import { type Piece, piecesOf, withoutPiece } from './pieces.ts';

/** A piece of a text, and how much it moved a verdict from the runner-up to the winner, in log-odds. */
export interface PieceEffect extends Piece {
  /** By how much the two would be nearer to each other without the piece; negative if it spoke for the runner-up. */
  readonly effect: number;
  /** What of that came by each lane. In a weighted vote these sum to `effect`. */
  readonly lanes: Readonly<Record<string, number>>;
}

/** Why a text was given its label. Plain JSON. */
export interface Explanation {
  readonly text: string;
  readonly label: string;
  readonly confidence: number;
  /** The second most probable label; absent if there is no other. */
  readonly runnerUp?: string;
  /** The logarithm of how many times as probable the winner is as the runner-up: the shares of all lanes and `rest`. */
  readonly logOdds: number;
  /** For each lane its share of `logOdds`; null where it abstained. */
  readonly lanes: Readonly<Record<string, LaneShare | null>>;
  /** What of `logOdds` is no lane's: in a weighted vote the difference of the two labels' biases. */
  readonly rest: number;
  /** The tokens of the text, or if it has many, runs of them; in their order. */
  readonly pieces: readonly PieceEffect[];
}

/**
 * Says why an ensemble labels a text as it does: which lanes moved the verdict, and which tokens moved the lanes. Shares of lanes
 * are exact. Tokens are judged by occlusion: the text is labelled again without each of them, whatever the lanes are; a text of
 * more than 200 tokens is taken apart in runs of equal length.
 *
 * Source: J. Li, W. Monroe and D. Jurafsky, Understanding neural networks through representation erasure, 2016.
 *
 * @example
 * ```ts
 * const { pieces } = await explain(news, '央行宣布下调存款准备金率');
 * pieces.toSorted((a, b) => b.effect - a.effect).slice(0, 3); // what spoke most for the label
 * ```
 * @throws LockstepError `SUBTASK_FAILED` or `INVALID_SCORES` if a subtask does not answer as it should.
 */
export async function explain(ensemble: Predictor, text: string): Promise<Explanation> {
  const tokens = ensemble.tokenizer(text);
  const pieces = piecesOf(text, tokens);
  const variants = [{ text, tokens }, ...pieces.map((piece) => withoutPiece(text, tokens, piece))];
  const panel = await scoreDocuments(
    ensemble.subtasks,
    variants.map((variant) => encoded(ensemble, variant.text, variant.tokens)),
  );
  const vote = voteOf(ensemble);
  const [verdict] = verdictsOf(vote, panel, 1);
  if (verdict === undefined) throw new Error('a text without a verdict');
  const gap = new Gap(vote, panel, verdict);
  const { label, confidence, lanes } = verdict;
  const shares = Object.values(lanes).reduce((sum, lane) => sum + (lane?.share ?? 0), 0);
  return {
    text,
    label,
    confidence,
    ...(gap.runnerUp !== undefined && { runnerUp: gap.runnerUp }),
    logOdds: gap.whole,
    lanes,
    rest: gap.whole - shares,
    pieces: pieces.map((piece, i) => ({ ...piece, ...gap.without(i + 1) })),
  };
}

/** The log-odds between the winner and the runner-up of a verdict, as lanes are shown variants of its text. */
class Gap {
  readonly runnerUp: string | undefined;
  readonly whole: number;
  readonly #vote: Vote;
  readonly #panel: Panel;
  readonly #winner: string;

  /** @param panel of the text in row 0, and of variants in the others */
  constructor(vote: Vote, panel: Panel, { label, probabilities }: Verdict) {
    this.#vote = vote;
    this.#panel = panel;
    this.#winner = label;
    const others = Object.entries(probabilities).filter(([other]) => other !== label);
    this.runnerUp = others.reduce<(typeof others)[number] | undefined>(
      (best, other) => (best === undefined || other[1] > best[1] ? other : best),
      undefined,
    )?.[0];
    this.whole = this.#of(() => 0);
  }

  /** How much of it is lost with a variant: for all lanes, and for each lane if it alone is shown the variant. */
  without(variant: number): Pick<PieceEffect, 'effect' | 'lanes'> {
    const names = this.#panel.layout.lanes.map(({ name }) => name);
    return {
      effect: this.whole - this.#of(() => variant),
      lanes: Object.fromEntries(
        names.map((name, shown) => [name, this.whole - this.#of((lane) => (lane === shown ? variant : 0))]),
      ),
    };
  }

  /** @param rowOf the row that each lane is shown */
  #of(rowOf: (lane: number) => number): number {
    if (this.runnerUp === undefined) return 0;
    const { layout, answers } = this.#panel;
    const shown = layout.lanes.map(({ labels }, lane) => {
      const row = rowOf(lane);
      return answers[lane]?.subarray(row * labels.length, (row + 1) * labels.length);
    });
    const { probabilities } = this.#vote(new Ballot(new Panel(layout, shown), 0));
    const log = (label: string): number => Math.log(Math.max(probabilities[label] ?? 0, Number.MIN_VALUE));
    return log(this.#winner) - log(this.runnerUp);
  }
}
