import { invalidArgument } from '../errors.ts';
import { softmax } from './decide.ts';
import { logOdds } from './weighted-vote.ts';

/** What one lane said about rows whose labels are known. */
interface LaneEvidence {
  /** The labels it tells apart, as indices into all labels. */
  readonly columns: readonly number[];
  /** Probabilities, `rows × columns`, row-major; `NaN` where it abstained. */
  readonly scores: ArrayLike<number>;
}

/** What {@link fitVote} learns from. */
export interface VoteSample {
  readonly lanes: readonly LaneEvidence[];
  /** The index of the true label of each row. */
  readonly truth: ArrayLike<number>;
  /** How many labels there are. */
  readonly labels: number;
}

/** A vote: a weight a lane and a bias a label, in the order of the sample's. */
export interface FittedVote {
  readonly weights: Float64Array;
  readonly bias: Float64Array;
  /** Mean log loss on the sample, in nats. */
  readonly loss: number;
}

const ITERATIONS = 1000;
/** The search ends where no step along the gradient would move a parameter by more than this. */
const TOLERANCE = 1e-7;
/** Share of the improvement that the gradient promises which a step must bring (Armijo). */
const SUFFICIENT = 1e-4;
/** Bounds of the step along the gradient, and of the part of it that is still tried. */
const LONGEST = 1e6;
const SHORTEST = 1e-12;
/** A step may lead up, but not above all of the last so many places: long strides need that. */
const MEMORY = 10;

/**
 * Weights that hear every label equally: 1 for a lane that alone knows its labels, 1/n where n lanes share theirs.
 */
export function uniformWeights({ lanes, labels }: Pick<VoteSample, 'lanes' | 'labels'>): Float64Array {
  const heard = new Float64Array(labels);
  for (const { columns } of lanes) for (const label of columns) heard[label] = (heard[label] ?? 0) + 1;
  return Float64Array.from(lanes, ({ columns }) => {
    const lanesPerLabel = columns.reduce((sum, label) => sum + (heard[label] ?? 0), 0) / columns.length;
    return 1 / lanesPerLabel;
  });
}

/**
 * Learns how much each lane is to be heard in a weighted vote: minimises the mean log loss of the verdicts plus
 * `l2`/2 × the squared distance from {@link uniformWeights} without bias, with no weight below 0. The problem is convex,
 * so there is one optimum, and on the sample it is never worse than the uniform vote.
 *
 * Source: L. Breiman, Stacked regressions, Machine Learning 24, 1996 (non-negative weights); E. G. Birgin, J. M. Martínez
 * and M. Raydan, Nonmonotone spectral projected gradient methods on convex sets, SIAM J. Optim. 10(4), 2000.
 *
 * @param l2 how strongly weights are drawn to uniform ones. @default 0.01
 * @throws LockstepError `INVALID_ARGUMENT` if there are no rows, or a lane's scores do not fit them.
 */
export function fitVote(sample: VoteSample, { l2 = 0.01 }: { readonly l2?: number } = {}): FittedVote {
  if (!(l2 >= 0)) throw invalidArgument('l2', 'a number of at least 0', l2);
  const objective = voteObjective(sample, l2);
  const lanes = sample.lanes.length;
  const start = new Float64Array(lanes + sample.labels);
  start.set(uniformWeights(sample));
  const best = minimise(objective, start, (parameters) => {
    for (let lane = 0; lane < lanes; lane++) parameters[lane] = Math.max(parameters[lane] ?? 0, 0);
  });
  return { weights: best.slice(0, lanes), bias: best.slice(lanes), loss: voteObjective(sample, 0)(best).value };
}

const NONE = new Float64Array();

/** A function to minimise, and its gradient. */
export type Objective = (parameters: Float64Array) => { readonly value: number; readonly gradient: Float64Array };

/** The penalised log loss over `[weights of the lanes, bias of the labels]`. */
export function voteObjective(sample: VoteSample, l2: number): Objective {
  const { lanes, truth, labels } = sample;
  const rows = truth.length;
  if (rows === 0) throw invalidArgument('truth', 'at least one row', rows);
  for (const [index, { columns, scores }] of lanes.entries())
    if (scores.length !== rows * columns.length)
      throw invalidArgument(`lanes[${index}].scores`, `${rows} rows of ${columns.length}`, scores.length);
  const heard = lanes.map(({ columns, scores }) => ({
    columns: Float64Array.from(columns),
    odds: Float64Array.from(scores, (score) => (Number.isNaN(score) ? 0 : logOdds(score))),
  }));
  const center = uniformWeights(sample);
  const evidence = new Float64Array(labels);

  return (parameters) => {
    const gradient = new Float64Array(parameters.length);
    let loss = 0;
    for (let row = 0; row < rows; row++) {
      evidence.set(parameters.subarray(lanes.length));
      for (let lane = 0; lane < lanes.length; lane++) {
        const { columns = NONE, odds = NONE } = heard[lane] ?? {};
        const weight = parameters[lane] ?? 0;
        for (let i = 0, at = row * columns.length; i < columns.length; i++, at++) {
          const label = columns[i] ?? 0;
          evidence[label] = (evidence[label] ?? 0) + weight * (odds[at] ?? 0);
        }
      }
      const right = truth[row] ?? 0;
      const evidenceForRight = evidence[right] ?? 0;
      const total = softmax(evidence);
      loss += total - evidenceForRight;
      // From here on `evidence` holds the error of each label: probability minus truth.
      evidence[right] = (evidence[right] ?? 0) - 1;
      for (let lane = 0; lane < lanes.length; lane++) {
        const { columns = NONE, odds = NONE } = heard[lane] ?? {};
        let slope = 0;
        for (let i = 0, at = row * columns.length; i < columns.length; i++, at++)
          slope += (evidence[columns[i] ?? 0] ?? 0) * (odds[at] ?? 0);
        gradient[lane] = (gradient[lane] ?? 0) + slope;
      }
      for (let label = 0; label < labels; label++)
        gradient[lanes.length + label] = (gradient[lanes.length + label] ?? 0) + (evidence[label] ?? 0);
    }
    let penalty = 0;
    for (let i = 0; i < parameters.length; i++) {
      const distance = (parameters[i] ?? 0) - (center[i] ?? 0);
      penalty += (l2 / 2) * distance * distance;
      gradient[i] = (gradient[i] ?? 0) / rows + l2 * distance;
    }
    return { value: loss / rows + penalty, gradient };
  };
}

/**
 * Minimises a smooth convex function over the set that `project` brings points into: spectral projected gradient. Never
 * gives a point that is worse than `start`.
 */
export function minimise(
  objective: Objective,
  start: Float64Array,
  project: (parameters: Float64Array) => void,
): Float64Array {
  let at: Place = { point: start, ...objective(start) };
  let best = at;
  let recent: readonly number[] = [at.value];
  let stride = 1;
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    if (largest(difference(stepFrom(at.point, at.gradient, 1, project), at.point)) < TOLERANCE) break;
    const direction = difference(stepFrom(at.point, at.gradient, stride, project), at.point);
    const next = searchAlong(objective, at, direction, Math.max(...recent));
    if (next === undefined) break;
    const moved = difference(next.point, at.point);
    const curvature = dot(moved, difference(next.gradient, at.gradient));
    // The step length that would fit the curvature just seen (Barzilai and Borwein).
    stride = curvature > 0 ? Math.min(Math.max(dot(moved, moved) / curvature, 1 / LONGEST), LONGEST) : 1;
    at = next;
    if (at.value < best.value) best = at;
    recent = [...recent, at.value].slice(-MEMORY);
  }
  return best.point;
}

/** A point, the value there and the gradient. */
interface Place extends ReturnType<Objective> {
  readonly point: Float64Array;
}

/** The first place that is well below `ceiling`, of the whole way along a direction, half of it, a quarter, and so on. */
function searchAlong(objective: Objective, from: Place, direction: Float64Array, ceiling: number): Place | undefined {
  const slope = dot(direction, from.gradient);
  for (let fraction = 1; fraction > SHORTEST; fraction /= 2) {
    const point = from.point.map((parameter, i) => parameter + fraction * (direction[i] ?? 0));
    const reached = objective(point);
    if (reached.value <= ceiling + SUFFICIENT * fraction * slope) return { point, ...reached };
  }
  return undefined;
}

function stepFrom(
  point: Float64Array,
  gradient: Float64Array,
  stride: number,
  project: (parameters: Float64Array) => void,
): Float64Array {
  const stepped = point.map((parameter, i) => parameter - stride * (gradient[i] ?? 0));
  project(stepped);
  return stepped;
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - (b[i] ?? 0));
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
