import type { LaneLayout, Layout } from '../lanes/layout.ts';
import { topTwo } from './decide.ts';
import { logOdds, type VoteWeights } from './weighted-vote.ts';

/** As sure as a lane can be, in log-odds. */
const SUREST = logOdds(1);
/** Sums in another order are not quite the same: a lead of no more than this above what lanes can move may be a tie. */
const ROUNDING = 1e-9;

/** The evidence of a weighted vote as lane after lane answers, and whether those still to come can change what leads. */
export class BranchRule {
  readonly #layout: Layout;
  readonly #weights: readonly number[];
  readonly #bias: Float64Array;
  readonly #margin: number;

  /** @param margin log-odds between the leading label and the next from which on nobody else is asked; Infinity: only when it is exact */
  constructor(layout: Layout, { weights = {}, bias = {} }: VoteWeights, margin: number) {
    const weightOf = new Map(Object.entries(weights));
    const biasOf = new Map(Object.entries(bias));
    this.#layout = layout;
    this.#weights = layout.lanes.map(({ name }) => weightOf.get(name) ?? 1);
    this.#bias = Float64Array.from(layout.labels, (label) => biasOf.get(label) ?? 0);
    this.#margin = margin;
  }

  /** What a lane is worth in the vote. */
  weightOf(lane: number): number {
    return this.#weights[lane] ?? 0;
  }

  /** Evidence about documents before anybody spoke, `rows × labels`. */
  start(rows: number): Float64Array {
    const evidence = new Float64Array(rows * this.#bias.length);
    for (let row = 0; row < rows; row++) evidence.set(this.#bias, row * this.#bias.length);
    return evidence;
  }

  /** Adds what a lane says of some rows: `scores` has a row for each of `rows`. */
  hear(evidence: Float64Array, lane: number, rows: ArrayLike<number>, scores: ArrayLike<number>): void {
    const { columns } = this.#lane(lane);
    const weight = this.weightOf(lane);
    if (weight === 0) return;
    for (let i = 0; i < rows.length; i++) {
      if (Number.isNaN(scores[i * columns.length])) continue;
      const at = (rows[i] ?? 0) * this.#bias.length;
      for (const [column, label] of columns.entries())
        evidence[at + label] = (evidence[at + label] ?? 0) + weight * logOdds(scores[i * columns.length + column] ?? 0);
    }
  }

  /** Those of the rows whose verdict the lanes still to come may change. */
  undecided(evidence: Float64Array, rows: readonly number[], remaining: readonly number[]): number[] {
    const size = this.#bias.length;
    return rows.filter((row) => {
      const own = evidence.subarray(row * size, (row + 1) * size);
      const [winner, runnerUp] = topTwo(own);
      const lead = (label: number): number => (own[winner] ?? 0) - (own[label] ?? 0);
      if (runnerUp === undefined || lead(runnerUp) >= this.#margin) return false;
      return own.some(
        (_, label) =>
          label !== winner && lead(label) <= this.#most(winner, label, remaining) * (1 + ROUNDING) + ROUNDING,
      );
    });
  }

  /** By how much lanes can move the vote from one label to another. */
  #most(from: number, to: number, lanes: readonly number[]): number {
    return lanes.reduce((sum, lane) => {
      const { columns } = this.#lane(lane);
      const labels = (columns.includes(from) ? 1 : 0) + (columns.includes(to) ? 1 : 0);
      return sum + this.weightOf(lane) * SUREST * labels;
    }, 0);
  }

  #lane(index: number): LaneLayout {
    const lane = this.#layout.lanes[index];
    if (!lane) throw new Error(`there is no lane ${index}`);
    return lane;
  }
}
