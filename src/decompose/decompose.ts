import { presetOf } from '../ensemble/presets.ts';
import type { Row } from '../ensemble/rows.ts';
import { checkClasses, labelsOf } from '../ensemble/split.ts';
import { checkCount, invalidArgument } from '../errors.ts';
import type { Confusion } from '../evaluate/confusion.ts';
import { checkNgramFeatures, type NgramFeatures } from '../subtasks/ngrams/ngram-features.ts';
import { centroidsOf, cosinesOf } from './centroids.ts';
import { confusionsOf } from './confusions.ts';
import { partitionOf } from './graph-partition.ts';
import { balancedKMeans } from './k-means.ts';
import { type LaneCost, loadOf } from './measure-cost.ts';
import { measureLanes, type NgramsTemplate } from './measure-lanes.ts';
import { sizesOf } from './sizes.ts';

/** How labels are grouped. */
export type DecomposeMethod = 'class' | 'kmeans' | 'graph';

/** Options of {@link decomposeClasses}. */
export interface DecomposeOptions {
  /**
   * One lane a label (`class`); labels whose texts are alike in one lane (`kmeans`, over the centroids of their n-gram vectors); or labels
   * that are taken for one another in one lane (`graph`, by a partition of the confusion graph). @default 'graph'
   */
  readonly method?: DecomposeMethod | undefined;
  /** How many lanes, from 1 to the number of labels; with `class` as many as labels. @default the square root of the number of labels, at least 2 */
  readonly lanes?: number | undefined;
  /** Which n-grams of a text count. @default those of the preset for the script of the rows */
  readonly features?: NgramFeatures | undefined;
  /** What a lane costs, if it is known, say of another kind of lane. @default lanes over n-grams are fitted to some rows and measured */
  readonly cost?: LaneCost | undefined;
  /** All chance comes from it: the same rows and seed give the same groups. @default 1 */
  readonly seed?: number | undefined;
  /** Milliseconds that have passed since some moment, to measure by. @default performance.now */
  readonly now?: (() => number) | undefined;
}

/** A task taken apart. Plain JSON. */
export interface Decomposition {
  readonly method: DecomposeMethod;
  /** All labels, in alphabetical order of their code units. */
  readonly labels: readonly string[];
  /** The labels of each lane. Every label is in exactly one; sizes are equal, give or take one. */
  readonly groups: readonly (readonly string[])[];
  /** How many rows of each label (a row) naive Bayes, which had not learned from them, gave each label (a column); in the order of `labels`. */
  readonly confusion: Confusion;
  /** With `kmeans`, the cosines between the centroids of the labels, seen from the middle of all; in the order of `labels`. */
  readonly similarity?: readonly (readonly number[])[];
  /** Of the rows that were given another label than theirs, the share whose two labels are in one lane; 0 if there are none. */
  readonly within: number;
  /** What `within` is in the mean over all groups of the same sizes. */
  readonly withinByChance: number;
  /** What a lane costs by the number of its labels. */
  readonly cost: LaneCost;
  /** What each lane costs by that, in microseconds a document. */
  readonly loads: readonly number[];
  /** The largest load by the mean load: 1 is perfect balance. */
  readonly balance: number;
}

/**
 * Takes the task of telling labels apart into lanes of equal load. What a lane costs depends on how many labels it is over, so lanes have
 * equally many, give or take one; which labels share a lane depends on the method. {@link lanesOver} makes lanes of the groups.
 *
 * @example
 * ```ts
 * const { rows } = await readRows('rows.tsv');
 * const { groups, within, withinByChance } = await decomposeClasses(rows, { method: 'graph', lanes: 4 });
 * ```
 * @throws LockstepError `INVALID_DATA` if there are no rows, or one label only.
 * @throws LockstepError `INVALID_ARGUMENT` if there are fewer labels than lanes, or an option is not what it should be.
 */
export async function decomposeClasses(rows: readonly Row[], options: DecomposeOptions = {}): Promise<Decomposition> {
  const labels = labelsOf(rows);
  checkClasses(rows, labels);
  const { method, lanes, seed, template, now } = settingsOf(options, rows, labels);
  const { features } = template;
  const confusion = confusionsOf(rows, labels, features);
  const centroids = method === 'kmeans' ? centroidsOf(rows, labels, features) : [];
  const groupOf = {
    class: () => labels.map((_, label) => label),
    kmeans: () => balancedKMeans(centroids, lanes, seed),
    graph: () => partitionOf(symmetric(confusion), lanes, seed),
  }[method]();
  const groups = inOrder(labels, groupOf);
  const cost = options.cost ?? (await measureLanes(rows, labels, template, { seed, now }));
  const loads = groups.map((group) => loadOf(cost, group.length));
  return {
    method,
    labels,
    groups,
    confusion,
    ...(method === 'kmeans' && { similarity: cosinesOf(centroids) }),
    ...sharesOf(confusion, groupOf, lanes),
    cost,
    loads,
    balance: balanceOf(loads),
  };
}

/** In one lane nothing is taken apart. */
const FEWEST = 2;
const METHODS: readonly DecomposeMethod[] = ['class', 'kmeans', 'graph'];

function settingsOf(options: DecomposeOptions, rows: readonly Row[], labels: readonly string[]) {
  const { method = 'graph', seed = 1, features, cost, now = () => performance.now() } = options;
  if (!METHODS.includes(method)) throw invalidArgument('method', "'class', 'kmeans' or 'graph'", method);
  const { lanes = method === 'class' ? labels.length : Math.max(Math.round(Math.sqrt(labels.length)), FEWEST) } =
    options;
  checkCount('lanes', lanes);
  if (lanes > labels.length || (method === 'class' && lanes < labels.length))
    throw invalidArgument(
      'lanes',
      `${method === 'class' ? '' : 'at most '}the number of labels, ${labels.length}`,
      lanes,
    );
  if (!Number.isSafeInteger(seed)) throw invalidArgument('seed', 'an integer', seed);
  if (features !== undefined) checkNgramFeatures('features', features);
  for (const [part, value] of Object.entries(cost ?? {}))
    if (!(value >= 0 && Number.isFinite(value))) throw invalidArgument(`cost.${part}`, 'a number of at least 0', value);
  const template = templateOf(rows, labels);
  return { method, lanes, seed, now, template: features === undefined ? template : { ...template, features } };
}

/** The first lane over n-grams of the preset for the rows. */
function templateOf(rows: readonly Row[], labels: readonly string[]): NgramsTemplate {
  for (const lane of presetOf(undefined, rows).lanes(labels)) {
    if (lane.kind !== 'ngrams') continue;
    const { name: _name, labels: _labels, ...template } = lane;
    return template;
  }
  throw new Error('a preset without a lane over n-grams');
}

/** How often two labels are taken for one another, either way. */
function symmetric(confusion: Confusion): number[][] {
  return confusion.map((line, a) => line.map((count, b) => (a === b ? 0 : count + (confusion[b]?.[a] ?? 0))));
}

/** The labels of each group; the group of the first label comes first, and so on. */
function inOrder(labels: readonly string[], groupOf: ArrayLike<number>): string[][] {
  const groups = new Map<number, string[]>();
  for (const [index, label] of labels.entries()) {
    const key = groupOf[index] ?? 0;
    const group = groups.get(key);
    if (group) group.push(label);
    else groups.set(key, [label]);
  }
  return [...groups.values()];
}

function sharesOf(
  confusion: Confusion,
  groupOf: ArrayLike<number>,
  lanes: number,
): Pick<Decomposition, 'within' | 'withinByChance'> {
  const labels = confusion.length;
  let [all, inside] = [0, 0];
  for (const [a, line] of confusion.entries())
    for (const [b, count] of line.entries()) {
      if (a === b) continue;
      all += count;
      if (groupOf[a] === groupOf[b]) inside += count;
    }
  // Any two labels share a lane with the same chance.
  const pairs = sizesOf(labels, lanes).reduce((sum, size) => sum + size * (size - 1), 0);
  return { within: all === 0 ? 0 : inside / all, withinByChance: pairs / (labels * (labels - 1)) };
}

function balanceOf(loads: readonly number[]): number {
  const mean = loads.reduce((sum, load) => sum + load, 0) / loads.length;
  return mean > 0 ? Math.max(...loads) / mean : 1;
}
