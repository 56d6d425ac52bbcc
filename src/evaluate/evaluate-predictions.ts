import { invalidArgument } from '../errors.ts';
import { argmax } from '../integrate/argmax.ts';
import { bootstrap, type Interval } from './bootstrap.ts';
import { calibrationErrorByChance, calibrationErrorOf, type ReliabilityBin, reliabilityOf } from './calibration.ts';
import { type Comparison, compare } from './compare.ts';
import {
  accuracyOf,
  type Confusion,
  confusionOf,
  f1Of,
  type LabelScore,
  labelScoresOf,
  macroF1Of,
} from './confusion.ts';
import { type CoveragePoint, coverageOf } from './coverage.ts';
import { ablationOf, type LaneEvaluation, questionOf, scoreOf } from './evaluate-lane.ts';
import { brierOf, logLossOf } from './proper-scores.ts';

/** How an ensemble did. Plain JSON. */
export interface Evaluation {
  readonly rows: number;
  readonly labels: readonly string[];
  readonly accuracy: number;
  /** Of 95 %, by a bootstrap of the rows. */
  readonly accuracyInterval: Interval;
  readonly macroF1: number;
  /** Of 95 %, by a bootstrap of the rows. */
  readonly macroF1Interval: Interval;
  readonly byLabel: Readonly<Record<string, LabelScore>>;
  /** `confusion[i][j]`: rows of label `i` that were given label `j`. */
  readonly confusion: Confusion;
  /** Mean, in nats. */
  readonly logLoss: number;
  /** 0 to 2. */
  readonly brier: number;
  /** Expected calibration error over 15 bins of equal mass, 0 to 1. */
  readonly calibrationError: number;
  /** What that error would be, on average, with so many rows if confidence were exactly right. */
  readonly calibrationErrorByChance: number;
  /** The bins, from the least confident rows on. */
  readonly reliability: readonly ReliabilityBin[];
  /** What a reject option would bring. */
  readonly coverage: readonly CoveragePoint[];
  readonly lanes: Readonly<Record<string, LaneEvaluation>>;
  /** Absent if there was nothing to compare with. */
  readonly against?: Comparison;
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
    /** The index of the label that each row is given when the lane abstains. */
    readonly without?: ArrayLike<number> | undefined;
  }[];
  /** The index of the label that something else gave each row; -1 for one that is none of `labels`. */
  readonly against?: { readonly name: string; readonly given: ArrayLike<number> } | undefined;
}

/** Options of {@link evaluatePredictions}. */
export interface EvaluatePredictionsOptions {
  /** Of the samples from which intervals come. @default 1 */
  readonly seed?: number | undefined;
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
 * @throws LockstepError `INVALID_ARGUMENT` if the sizes do not fit together, or there are no rows.
 */
export function evaluatePredictions(
  { labels, truth, probabilities, lanes, against }: Predictions,
  { seed }: EvaluatePredictionsOptions = {},
): Evaluation {
  const rows = truth.length;
  if (rows === 0) throw invalidArgument('truth', 'at least one row', rows);
  checkSize('probabilities', probabilities, rows * labels.length);
  const given = truth.map((_, row) => argmax(probabilities, row * labels.length, labels.length));
  const isRight = given.map((label, row) => label === truth[row]);
  const confidence = given.map((label, row) => probabilities[row * labels.length + label] ?? 0);
  const confusion = confusionOf(truth, given, labels.length);
  const labelScores = labelScoresOf(confusion);
  const reliability = reliabilityOf(confidence, isRight);
  const forecast = { truth, probabilities, labels: labels.length };
  if (against !== undefined) checkSize('against.given', against.given, rows);
  return {
    rows,
    labels,
    accuracy: accuracyOf(confusion),
    macroF1: macroF1Of(confusion),
    ...intervalsOf(truth, given, labels.length, seed),
    byLabel: Object.fromEntries(labelScores.map((score, label) => [labels[label] ?? '', score])),
    confusion,
    logLoss: logLossOf(forecast),
    brier: brierOf(forecast),
    calibrationError: calibrationErrorOf(reliability),
    calibrationErrorByChance: calibrationErrorByChance(reliability),
    reliability,
    coverage: coverageOf(confidence, isRight),
    lanes: Object.fromEntries(
      lanes.map((lane) => [lane.name, evaluateLane(lane, { labels, truth, probabilities }, given)]),
    ),
    ...(against && {
      against: compare(
        against.name,
        isRight,
        truth.map((label, row) => against.given[row] === label),
        seed,
      ),
    }),
  };
}

function evaluateLane(
  { name, labels: own, scores, without }: Predictions['lanes'][number],
  { labels, truth, probabilities }: Omit<Predictions, 'lanes'>,
  given: readonly number[],
): LaneEvaluation {
  const rows = truth.length;
  checkSize(`lanes.${name}.scores`, scores, rows * own.length);
  if (without !== undefined) checkSize(`lanes.${name}.without`, without, rows);
  const columns = own.map((label) => labels.indexOf(label));
  const ofEnsemble = Float64Array.from({ length: rows * columns.length }, (_, cell) => {
    const row = Math.floor(cell / columns.length);
    return probabilities[row * labels.length + (columns[cell % columns.length] ?? 0)] ?? 0;
  });
  return {
    question: questionOf(own),
    ...scoreOf(truth, columns, scores),
    ensemble: scoreOf(truth, columns, ofEnsemble),
    ...(without && { without: ablationOf(truth, given, without, labels.length) }),
  };
}

/** Both figures come from three counts a label, so that samples of rows with a thousand labels need no confusion matrices. */
function intervalsOf(
  truth: readonly number[],
  given: readonly number[],
  labels: number,
  seed: number | undefined,
): Pick<Evaluation, 'accuracyInterval' | 'macroF1Interval'> {
  const counts = new Uint32Array(3 * labels);
  const rightOf = counts.subarray(0, labels);
  const rowsOf = counts.subarray(labels, 2 * labels);
  const givenOf = counts.subarray(2 * labels);
  const rows = truth.length;
  const [accuracyInterval = [0, 1], macroF1Interval = [0, 1]] = bootstrap({
    rows,
    seed,
    clear: () => counts.fill(0),
    take: (row) => {
      const label = truth[row] ?? 0;
      const answer = given[row] ?? 0;
      rowsOf[label] = (rowsOf[label] ?? 0) + 1;
      givenOf[answer] = (givenOf[answer] ?? 0) + 1;
      if (label === answer) rightOf[label] = (rightOf[label] ?? 0) + 1;
    },
    figures: () => {
      let right = 0;
      let f1 = 0;
      for (let label = 0; label < labels; label++) {
        right += rightOf[label] ?? 0;
        f1 += f1Of(rightOf[label] ?? 0, rowsOf[label] ?? 0, givenOf[label] ?? 0);
      }
      return [right / rows, f1 / labels];
    },
  });
  return { accuracyInterval, macroF1Interval };
}

function checkSize(name: string, values: ArrayLike<number>, expected: number): void {
  if (values.length !== expected) throw invalidArgument(name, `${expected} numbers`, values.length);
}
