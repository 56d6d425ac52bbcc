import { argmax } from '../integrate/argmax.ts';
import { accuracyOf, confusionOf, macroF1Of } from './confusion.ts';
import { mcnemar } from './mcnemar.ts';
import { aucOf } from './roc.ts';

/** How well a question was answered. */
export interface Score {
  readonly accuracy: number;
  /** Mean over the answers that the question allows. */
  readonly macroF1: number;
  /** Area under the ROC curve; only for a question about one label, with rows of both answers. */
  readonly auc?: number;
}

/** The ensemble without one of its lanes, as if that abstained. */
export interface Ablation {
  readonly accuracy: number;
  readonly macroF1: number;
  /** How probable the difference to the whole ensemble is if the lane does nothing: McNemar's test, exact. */
  readonly pValue: number;
}

/** How a lane did by itself. */
export interface LaneEvaluation extends Score {
  /** What it was asked, for people: `'tech or not'`, `'World, Sports or Business'`. */
  readonly question: string;
  /** The ensemble, asked the same about the same rows. */
  readonly ensemble: Score;
  /** What the ensemble is without it; absent if nobody said. */
  readonly without?: Ablation;
}

const HALF = 0.5;

/**
 * Measures the answers of a lane, or those of an ensemble to the same question: over one label whether it is that one, with yes from a
 * probability of one half on; over several which of them it is, about the rows of those labels.
 *
 * @param columns the indices of the lane's labels
 * @param scores `rows × columns`
 */
export function scoreOf(truth: readonly number[], columns: readonly number[], scores: ArrayLike<number>): Score {
  return columns.length === 1 ? scoreOfOne(truth, columns[0] ?? 0, scores) : scoreOfSeveral(truth, columns, scores);
}

/** What a lane is asked, for people. */
export function questionOf(labels: readonly string[]): string {
  if (labels.length === 1) return `${labels[0]} or not`;
  return `${labels.slice(0, -1).join(', ')} or ${labels.at(-1)}`;
}

/** Compares the labels that an ensemble gives without a lane to those that it gives with it; all are indices. */
export function ablationOf(
  truth: readonly number[],
  whole: ArrayLike<number>,
  without: ArrayLike<number>,
  labels: number,
): Ablation {
  const confusion = confusionOf(truth, without, labels);
  const lost = truth.filter((label, row) => whole[row] === label && without[row] !== label).length;
  const won = truth.filter((label, row) => whole[row] !== label && without[row] === label).length;
  return { accuracy: accuracyOf(confusion), macroF1: macroF1Of(confusion), pValue: mcnemar(lost, won) };
}

function scoreOfOne(truth: readonly number[], column: number, scores: ArrayLike<number>): Score {
  const isPositive = truth.map((label) => label === column);
  const confusion = confusionOf(
    isPositive.map(Number),
    Array.from(scores, (score) => (score >= HALF ? 1 : 0)),
    2,
  );
  const auc = aucOf(isPositive, scores);
  return { accuracy: accuracyOf(confusion), macroF1: macroF1Of(confusion), ...(auc === undefined ? {} : { auc }) };
}

function scoreOfSeveral(truth: readonly number[], columns: readonly number[], scores: ArrayLike<number>): Score {
  const rows = Array.from(truth.keys()).filter((row) => columns.includes(truth[row] ?? -1));
  const confusion = confusionOf(
    rows.map((row) => columns.indexOf(truth[row] ?? -1)),
    rows.map((row) => argmax(scores, row * columns.length, columns.length)),
    columns.length,
  );
  return { accuracy: accuracyOf(confusion), macroF1: macroF1Of(confusion) };
}
