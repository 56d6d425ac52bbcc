import { checkCount, invalidArgument } from '../../errors.ts';
import { seededRandom } from '../../subtasks/random.ts';
import { argmax } from '../argmax.ts';
import type { VoteSample } from '../fit-weights.ts';
import { logOdds } from '../weighted-vote.ts';
import { BoostedTrees } from './boosted-trees.ts';
import { type BoostingOptions, type BoostingSample, fitBoosting } from './fit-boosting.ts';

/** Options of {@link fitBoostedVote}. */
export interface BoostedVoteOptions extends Omit<BoostingOptions, 'heldBack'> {
  /** Rounds at most; how many are best is found on rows that are held back for that. @default 100 */
  readonly rounds?: number | undefined;
  /**
   * For each lane, this share of the rows is seen a second time as if the lane abstained, so that the trees know what to do then;
   * 0 to 1. @default 0.1
   */
  readonly silence?: number | undefined;
  /** What decides which rows those are, and which are held back. @default 1 */
  readonly seed?: number | undefined;
}

/** What {@link fitBoostedVote} found. */
export interface FittedBoostedVote {
  readonly trees: BoostedTrees;
  /** Of such trees on rows that they were not fitted to, 0 to 1. */
  readonly accuracy: number;
}

const FOLDS = 5;
/** Of so many rows a fifth tells well enough how many rounds are best; of fewer, each fifth is held back once. */
const MANY = 10_000;

/**
 * Fits boosted trees to what lanes said about rows whose labels are known; for {@link boostedVote}. The scores must be of rows that
 * the lanes did not learn from (out-of-fold), or the trees learn to trust those that overfit. How many rounds are best is found by
 * five-fold cross-validation.
 *
 * Source: D. Wolpert, Stacked generalization, Neural Networks 5, 1992.
 *
 * @throws LockstepError `INVALID_ARGUMENT` if there are fewer than ten rows, a lane's scores do not fit them, or an option is out of range.
 */
export function fitBoostedVote(
  sample: VoteSample,
  { rounds = 100, silence = 0.1, seed = 1, ...rules }: BoostedVoteOptions = {},
): FittedBoostedVote {
  const rows = sample.truth.length;
  if (rows < 2 * FOLDS) throw invalidArgument('truth', `at least ${2 * FOLDS} rows`, rows);
  if (!(silence >= 0 && silence <= 1)) throw invalidArgument('silence', 'a number from 0 to 1', silence);
  checkCount('rounds', rounds);
  for (const [lane, { columns, scores }] of sample.lanes.entries())
    if (scores.length !== rows * columns.length)
      throw invalidArgument(`lanes[${lane}].scores`, `${rows} rows of ${columns.length}`, scores.length);
  const random = seededRandom(`boosted vote ${seed}`);
  const foldOf = Uint8Array.from({ length: rows }, () => Math.floor(random() * FOLDS));
  const all = Array.from({ length: rows }, (_, row) => row);
  const curve = new Float64Array(rounds);
  const tried: { readonly trees: BoostedTrees; readonly rows: readonly number[] }[] = [];
  for (let fold = 0; fold < (rows > MANY ? 1 : FOLDS); fold++) {
    const training = featuresOf(
      sample,
      all.filter((row) => foldOf[row] !== fold),
      silence,
      random,
    );
    const heldBack = featuresOf(
      sample,
      all.filter((row) => foldOf[row] === fold),
      silence,
      random,
    );
    if (training.rows === 0 || heldBack.rows === 0) continue;
    const { trees, heldBackLosses } = fitBoosting(training, { ...rules, rounds, heldBack });
    tried.push({ trees, rows: all.filter((row) => foldOf[row] === fold) });
    for (const [round, loss] of heldBackLosses.entries()) curve[round] = (curve[round] ?? 0) + loss * heldBack.rows;
  }
  const best = curve.reduce((low, loss, round) => (loss < (curve[low] ?? 0) ? round : low), 0);
  const { trees } = fitBoosting(featuresOf(sample, all, silence, random), { ...rules, rounds: best + 1 });
  return { trees, accuracy: accuracyOf(sample, tried, best + 1) };
}

/** The share of rows whose label the first rounds of trees find, which were fitted to others. */
function accuracyOf(
  sample: VoteSample,
  tried: readonly { readonly trees: BoostedTrees; readonly rows: readonly number[] }[],
  rounds: number,
): number {
  let [right, all] = [0, 0];
  for (const { trees, rows } of tried) {
    const { values, truth } = featuresOf(sample, rows, 0, () => 0);
    const kept = new BoostedTrees(trees.baseline, trees.features, trees.rounds.slice(0, rounds));
    const probabilities = kept.probabilities(values);
    for (const row of rows.keys())
      if (argmax(probabilities, row * sample.labels, sample.labels) === truth[row]) right++;
    all += rows.length;
  }
  return right / all;
}

/** What lanes said about some rows as features: log-odds, `NaN` where one abstained; with second sights of some. */
function featuresOf(
  { lanes, truth, labels }: VoteSample,
  rows: readonly number[],
  silence: number,
  random: () => number,
): BoostingSample {
  const sights = rows.flatMap((row) => [
    { row, silent: -1 },
    ...Array.from(lanes.keys()).flatMap((silent) => (random() < silence ? [{ row, silent }] : [])),
  ]);
  const columns = lanes.reduce((sum, lane) => sum + lane.columns.length, 0);
  const values = new Float64Array(sights.length * columns);
  for (const [sight, { row, silent }] of sights.entries()) {
    let at = sight * columns;
    for (const [lane, { columns: own, scores }] of lanes.entries())
      for (let i = 0; i < own.length; i++) {
        const score = lane === silent ? Number.NaN : (scores[row * own.length + i] ?? Number.NaN);
        values[at++] = Number.isNaN(score) ? Number.NaN : logOdds(score);
      }
  }
  return { rows: sights.length, columns, values, labels, truth: sights.map(({ row }) => truth[row] ?? 0) };
}
