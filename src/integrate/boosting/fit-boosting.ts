import { checkCount, invalidArgument } from '../../errors.ts';
import { softmax } from '../decide.ts';
import { type Binned, binned, type Features, MISSING } from './bins.ts';
import { BoostedTrees } from './boosted-trees.ts';
import { growTree, type TreeRules } from './grow-tree.ts';
import type { Tree } from './tree.ts';

/** What boosted trees learn from. */
export interface BoostingSample extends Features {
  /** The index of the true label of each row. */
  readonly truth: ArrayLike<number>;
  /** How many labels there are. */
  readonly labels: number;
}

/** Options of {@link fitBoosting}. */
export interface BoostingOptions {
  /** A tree for each label a round. @default 100 */
  readonly rounds?: number | undefined;
  /** What each tree's say is multiplied by, above 0 to 1. @default 0.1 */
  readonly learningRate?: number | undefined;
  /** @default 8 */
  readonly maxLeaves?: number | undefined;
  /** Questions from the root to a leaf. @default 4 */
  readonly maxDepth?: number | undefined;
  /** Rows of a leaf at least. @default 20 */
  readonly minRows?: number | undefined;
  /** How strongly leaves are drawn to 0. @default 1 */
  readonly l2?: number | undefined;
  /** Bins of a feature, 2 to 255. @default 255 */
  readonly maxBins?: number | undefined;
  /** Rows to look at after each round; not learned from. */
  readonly heldBack?: BoostingSample | undefined;
}

/** Trees that were fitted. */
export interface FittedBoosting {
  readonly trees: BoostedTrees;
  /** After each round the mean log loss on the rows that were held back, in nats; empty without such rows. */
  readonly heldBackLosses: readonly number[];
}

/**
 * Fits gradient-boosted trees to the softmax log loss: each round grows a tree for each label along the gradient of the loss, by histograms.
 * Rows without a feature are a case of their own, for which each question learns an answer. The same sample and options give the
 * same trees; there is no chance in it.
 *
 * Source: J. Friedman, Greedy function approximation: a gradient boosting machine, Annals of Statistics 29, 2001; G. Ke et al.,
 * LightGBM, NIPS 2017. With the same options the trees are those of scikit-learn's `HistGradientBoostingClassifier` for three labels or
 * more; `bench/boosting.ts` compares them.
 *
 * @throws LockstepError `INVALID_ARGUMENT` if there are no rows, the sizes do not fit together or an option is out of range.
 */
export function fitBoosting(sample: BoostingSample, options: BoostingOptions = {}): FittedBoosting {
  const { rounds, maxBins, ...rules } = checked(options);
  checkSample('sample', sample);
  const { heldBack } = options;
  if (heldBack) checkSample('heldBack', heldBack);
  const { labels, columns } = sample;
  const data = binned(sample, maxBins);
  const baseline = baselineOf(sample);
  const evidence = startOf(baseline, sample.rows);
  const unseen = startOf(baseline, heldBack?.rows ?? 0);
  const grown: (readonly Tree[])[] = [];
  const heldBackLosses: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const trees = growRound(data, sample, evidence, rules);
    grown.push(trees);
    if (!heldBack) continue;
    for (const [label, tree] of trees.entries())
      for (let row = 0; row < heldBack.rows; row++) {
        const cell = row * labels + label;
        unseen[cell] = (unseen[cell] ?? 0) + tree.valueOf(heldBack.values, row * columns);
      }
    heldBackLosses.push(lossOf(unseen, heldBack));
  }
  return { trees: new BoostedTrees(baseline, columns, grown), heldBackLosses };
}

/** Grows a tree for each label along the gradient at the evidence so far, and adds what they say to that. */
function growRound(
  data: Binned,
  { rows, labels, truth }: BoostingSample,
  evidence: Float64Array,
  rules: TreeRules,
): Tree[] {
  const probabilities = evidence.slice();
  for (let row = 0; row < rows; row++) softmax(probabilities.subarray(row * labels, (row + 1) * labels));
  return Array.from({ length: labels }, (_, label) => {
    const gradient = new Float64Array(rows);
    const curvature = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      const p = probabilities[row * labels + label] ?? 0;
      gradient[row] = p - (truth[row] === label ? 1 : 0);
      curvature[row] = p * (1 - p);
    }
    const { tree, values } = growTree(data, { gradient, curvature }, rules);
    for (let row = 0; row < rows; row++) {
      const cell = row * labels + label;
      evidence[cell] = (evidence[cell] ?? 0) + (values[row] ?? 0);
    }
    return tree;
  });
}

/** The logarithms of the labels' shares, with mean 0. A label without rows counts as half a row. */
function baselineOf({ rows, truth, labels }: BoostingSample): number[] {
  const counts = new Array<number>(labels).fill(0);
  for (let row = 0; row < rows; row++) {
    const label = truth[row] ?? 0;
    counts[label] = (counts[label] ?? 0) + 1;
  }
  const logs = counts.map((count) => Math.log(Math.max(count, 0.5) / rows));
  const mean = logs.reduce((sum, log) => sum + log, 0) / labels;
  return logs.map((log) => log - mean);
}

function startOf(baseline: readonly number[], rows: number): Float64Array {
  return Float64Array.from({ length: rows * baseline.length }, (_, i) => baseline[i % baseline.length] ?? 0);
}

function lossOf(evidence: Float64Array, { rows, labels, truth }: BoostingSample): number {
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const own = evidence.slice(row * labels, (row + 1) * labels);
    const ofTruth = own[truth[row] ?? 0] ?? 0;
    loss += softmax(own) - ofTruth;
  }
  return loss / rows;
}

function checkSample(name: string, { rows, columns, values, truth, labels }: BoostingSample): void {
  checkCount(`${name}.rows`, rows);
  checkCount(`${name}.columns`, columns);
  checkCount(`${name}.labels`, labels, { min: 2 });
  if (values.length !== rows * columns)
    throw invalidArgument(`${name}.values`, `${rows} rows of ${columns}`, values.length);
  if (truth.length !== rows) throw invalidArgument(`${name}.truth`, `${rows} labels`, truth.length);
}

function checked(options: BoostingOptions): TreeRules & { readonly rounds: number; readonly maxBins: number } {
  const {
    rounds = 100,
    learningRate = 0.1,
    maxLeaves = 8,
    maxDepth = 4,
    minRows = 20,
    l2 = 1,
    maxBins = MISSING,
  } = options;
  checkCount('rounds', rounds, { min: 0 });
  checkCount('maxLeaves', maxLeaves, { min: 2 });
  checkCount('maxDepth', maxDepth, { infinity: true });
  checkCount('minRows', minRows);
  if (!(learningRate > 0 && learningRate <= 1))
    throw invalidArgument('learningRate', 'above 0, at most 1', learningRate);
  if (!(l2 >= 0 && Number.isFinite(l2))) throw invalidArgument('l2', 'a number of at least 0', l2);
  if (checkCount('maxBins', maxBins, { min: 2 }) > MISSING)
    throw invalidArgument('maxBins', `at most ${MISSING}`, maxBins);
  return { rounds, learningRate, maxLeaves, maxDepth, minRows, l2, maxBins };
}
