import { describe, invalidArgument, LockstepError } from '../errors.ts';
import { examplesOf, tokensOf } from './examples.ts';
import { accuracyOf, argmax, aucOf, type Confusion, calibrationErrorOf, confusionOf, macroF1Of } from './metrics.ts';
import { pooled, sampleOf } from './pooled.ts';
import type { Row } from './rows.ts';
import { scoresOf } from './scores-of.ts';
import type { Ensemble } from './types.ts';

/** How well a question was answered. */
export interface Score {
  readonly accuracy: number;
  /** Mean over the answers that the question allows. */
  readonly macroF1: number;
  /** Area under the ROC curve; only for a question about one label, with rows of both answers. */
  readonly auc?: number;
}

/** How a lane did by itself. */
export interface LaneEvaluation extends Score {
  /** What it was asked, for people: `'tech or not'`, `'World, Sports or Business'`. */
  readonly question: string;
  /** The ensemble, asked the same about the same rows. */
  readonly ensemble: Score;
}

/** How an ensemble did. */
export interface Evaluation {
  readonly rows: number;
  readonly labels: readonly string[];
  readonly accuracy: number;
  readonly macroF1: number;
  /** `confusion[i][j]`: rows of label `i` that were given label `j`. */
  readonly confusion: Confusion;
  /** Expected calibration error over 15 bins, 0 to 1. */
  readonly calibrationError: number;
  readonly lanes: Readonly<Record<string, LaneEvaluation>>;
}

/** Answers about rows whose labels are known. */
export interface Predictions {
  readonly labels: readonly string[];
  /** The index of the true label of each row. */
  readonly truth: readonly number[];
  /** Of the ensemble: `rows × labels`. */
  readonly probabilities: ArrayLike<number>;
  /** Of each lane: `rows × its labels`. */
  readonly lanes: readonly {
    readonly name: string;
    readonly labels: readonly string[];
    readonly scores: ArrayLike<number>;
  }[];
}

const HALF = 0.5;

/**
 * Labels rows with an ensemble, and measures it and each of its lanes.
 *
 * @example
 * ```ts
 * const { rows } = await readRows('dev.tsv', { labels: news.labels });
 * const { accuracy } = await evaluate(news, rows);
 * ```
 * @throws LockstepError `INVALID_DATA` if there are no rows, or one has a label that the ensemble does not know.
 */
export async function evaluate(ensemble: Ensemble, rows: readonly Row[]): Promise<Evaluation> {
  const { labels, subtasks, tokenizer, vocabulary, weights, bias } = ensemble;
  if (rows.length === 0) throw new LockstepError('INVALID_DATA', 'Expected rows to evaluate on, got none');
  const unknown = rows.find(({ label }) => !labels.includes(label));
  if (unknown !== undefined)
    throw new LockstepError(
      'INVALID_DATA',
      `Expected labels of "${ensemble.name}", ${labels.join(', ')}; got ${describe(unknown.label)}`,
    );
  const examples = examplesOf(rows, tokensOf(rows, tokenizer), vocabulary, labels);
  const scores = await Promise.all(subtasks.map((subtask) => scoresOf(subtask, examples)));
  const sample = sampleOf(subtasks, scores, examples, labels);
  const probabilities = pooled(sample, {
    weights: subtasks.map(({ name }) => weights?.[name] ?? 1),
    bias: labels.map((label) => bias?.[label] ?? 0),
  });
  return evaluatePredictions({
    labels,
    truth: examples.map(({ label }) => label),
    probabilities,
    lanes: subtasks.map(({ name, labels: own }, lane) => ({ name, labels: own, scores: scores[lane] ?? [] })),
  });
}

/**
 * Measures predictions. A lane over one label answers whether it is that one, with yes from a probability of one half on;
 * a lane over several which of them it is, about the rows of those labels.
 *
 * @example
 * ```ts
 * const { accuracy, confusion } = evaluatePredictions({
 *   labels: ['a', 'b'], truth: [0, 1, 1], probabilities: [0.9, 0.1, 0.2, 0.8, 0.7, 0.3], lanes: [],
 * });
 * confusion; // [[1, 0], [1, 1]]
 * ```
 * @throws LockstepError `INVALID_ARGUMENT` if the sizes do not fit together.
 */
export function evaluatePredictions({ labels, truth, probabilities, lanes }: Predictions): Evaluation {
  const rows = truth.length;
  checkSize('probabilities', probabilities, rows * labels.length);
  const given = truth.map((_, row) => argmax(probabilities, row * labels.length, labels.length));
  const confusion = confusionOf(truth, given, labels.length);
  const laneEvaluations = lanes.map(({ name, labels: own, scores }) => {
    checkSize(`lanes.${name}.scores`, scores, rows * own.length);
    const columns = own.map((label) => labels.indexOf(label));
    const ofEnsemble = Float64Array.from({ length: rows * columns.length }, (_, cell) => {
      const row = Math.floor(cell / columns.length);
      return probabilities[row * labels.length + (columns[cell % columns.length] ?? 0)] ?? 0;
    });
    const measure = columns.length === 1 ? scoreOfOne : scoreOfSeveral;
    const evaluation: LaneEvaluation = {
      question: questionOf(own),
      ...measure(truth, columns, scores),
      ensemble: measure(truth, columns, ofEnsemble),
    };
    return [name, evaluation] as const;
  });
  return {
    rows,
    labels,
    accuracy: accuracyOf(confusion),
    macroF1: macroF1Of(confusion),
    confusion,
    calibrationError: calibrationErrorOf(
      given.map((label, row) => probabilities[row * labels.length + label] ?? 0),
      given.map((label, row) => label === truth[row]),
    ),
    lanes: Object.fromEntries(laneEvaluations),
  };
}

function scoreOfOne(truth: readonly number[], [column]: readonly number[], scores: ArrayLike<number>): Score {
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

function questionOf(labels: readonly string[]): string {
  if (labels.length === 1) return `${labels[0]} or not`;
  return `${labels.slice(0, -1).join(', ')} or ${labels.at(-1)}`;
}

function checkSize(name: string, values: ArrayLike<number>, expected: number): void {
  if (values.length !== expected) throw invalidArgument(name, `${expected} numbers`, values.length);
}
