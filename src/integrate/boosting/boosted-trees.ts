import { describe, LockstepError } from '../../errors.ts';
import { softmax } from '../decide.ts';
import { Tree, type TreeNode } from './tree.ts';

/** {@link BoostedTrees} as plain JSON. */
export interface BoostedTreesJson {
  /** What each label has in its favour before a tree is asked, in log-odds. */
  readonly baseline: readonly number[];
  /** How many features a row has. */
  readonly features: number;
  /** Round by round a tree for each label. */
  readonly rounds: readonly (readonly (readonly TreeNode[])[])[];
}

/** Gradient-boosted trees over several labels: the evidence for a label is its baseline plus what its trees say. */
export class BoostedTrees {
  readonly baseline: readonly number[];
  readonly features: number;
  readonly rounds: readonly (readonly Tree[])[];

  constructor(baseline: readonly number[], features: number, rounds: readonly (readonly Tree[])[]) {
    this.baseline = baseline;
    this.features = features;
    this.rounds = rounds;
  }

  /** Adds up the evidence for each label, of a row of features that begins at `start`. */
  weigh(features: ArrayLike<number>, start: number, evidence: Float64Array): void {
    evidence.set(this.baseline);
    for (const round of this.rounds)
      for (let label = 0; label < round.length; label++)
        evidence[label] = (evidence[label] ?? 0) + (round[label]?.valueOf(features, start) ?? 0);
  }

  /** The probabilities of the labels for `rows × features`: `rows × labels`. */
  probabilities(features: ArrayLike<number>): Float64Array {
    const labels = this.baseline.length;
    const rows = features.length / this.features;
    const probabilities = new Float64Array(rows * labels);
    for (let row = 0; row < rows; row++) {
      const evidence = probabilities.subarray(row * labels, (row + 1) * labels);
      this.weigh(features, row * this.features, evidence);
      softmax(evidence);
    }
    return probabilities;
  }

  toJSON(): BoostedTreesJson {
    return {
      baseline: this.baseline,
      features: this.features,
      rounds: this.rounds.map((round) => round.map(({ nodes }) => nodes)),
    };
  }
}

/**
 * Trees out of JSON, checked: whatever is in it, asking them ends with a number.
 *
 * @throws LockstepError `INVALID_ENSEMBLE` if they are none
 */
export function parseBoostedTrees(json: unknown): BoostedTrees {
  if (!isRecord(json)) throw wrong('boosted trees', 'an object', json);
  const { baseline, features, rounds } = json;
  if (!isArrayOf(baseline, isFiniteNumber) || baseline.length < 2)
    throw wrong('baseline', 'at least two numbers', baseline);
  if (!isCount(features) || features === 0) throw wrong('features', 'a number of features', features);
  if (!Array.isArray(rounds)) throw wrong('rounds', 'an array', rounds);
  const trees = rounds.map((round: unknown, at) => {
    if (!Array.isArray(round) || round.length !== baseline.length)
      throw wrong(`rounds[${at}]`, `${baseline.length} trees`, round);
    return round.map((nodes: unknown, label) => treeOf(nodes, features, `rounds[${at}][${label}]`));
  });
  return new BoostedTrees(baseline, features, trees);
}

function treeOf(nodes: unknown, features: number, where: string): Tree {
  if (!Array.isArray(nodes) || nodes.length === 0) throw wrong(where, 'an array of nodes', nodes);
  return new Tree(nodes.map((node: unknown, at) => nodeOf(node, at, nodes.length, features, `${where}[${at}]`)));
}

/** Each node leads to later ones only, so that no way through a tree is without end. */
function nodeOf(node: unknown, at: number, count: number, features: number, where: string): TreeNode {
  if (isFiniteNumber(node)) return node;
  if (!isArrayOf(node, isFiniteNumber)) throw wrong(where, 'a number or an array of numbers', node);
  const [feature = -1, threshold = 0, missing, left = -1, right = -1] = node;
  const isLater = (index: number): boolean => isCount(index) && index > at && index < count;
  const isKnown = node.length === 5 && isCount(feature) && feature < features;
  if (!isKnown || (missing !== 0 && missing !== 1) || !isLater(left) || !isLater(right))
    throw wrong(where, '[feature, threshold, 0 or 1, left, right]', node.join(', '));
  return [feature, threshold, missing, left, right];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isArrayOf<T>(value: unknown, is: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(is);
}

function isFiniteNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && isFiniteNumber(value) && value >= 0;
}

function wrong(what: string, expected: string, got: unknown): LockstepError {
  return new LockstepError('INVALID_ENSEMBLE', `Expected ${what} to be ${expected}, got ${describe(got)}`);
}
