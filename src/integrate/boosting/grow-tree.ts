import { type Binned, MISSING } from './bins.ts';
import { bestStep, findSplit, type Split, type SplitRules } from './find-split.ts';
import { type Histogram, histogramOf, type Slopes, type Sums, subtract } from './histogram.ts';
import { Tree, type TreeNode } from './tree.ts';

/** How large a tree may become. */
export interface TreeRules extends SplitRules {
  readonly maxLeaves: number;
  /** Questions from the root to a leaf. */
  readonly maxDepth: number;
  /** What the values of leaves are multiplied by. */
  readonly learningRate: number;
}

/** A tree, and what it says about the rows that it was grown on. */
export interface GrownTree {
  readonly tree: Tree;
  readonly values: Float64Array;
}

/** A leaf that may still be split. */
interface Leaf {
  /** Its place among the nodes. */
  readonly node: number;
  readonly rows: Uint32Array;
  readonly histogram: Histogram;
  readonly sums: Sums;
  readonly depth: number;
  readonly split: Split | undefined;
}

/** Bounds are finite, as JSON wants numbers to be; no value is above this. */
const ABOVE_ALL = Number.MAX_VALUE;

/** Grows a tree that lowers the loss: of all leaves the one is split next for which that brings most. */
export function growTree(data: Binned, slopes: Slopes, rules: TreeRules): GrownTree {
  const leafOf = (node: number, rows: Uint32Array, histogram: Histogram, sums: Sums, depth: number): Leaf => ({
    node,
    rows,
    histogram,
    sums,
    depth,
    split: depth < rules.maxDepth ? findSplit(data, histogram, sums, rules) : undefined,
  });
  const nodes: TreeNode[] = [0];
  const all = Uint32Array.from({ length: data.rows }, (_, row) => row);
  let leaves = [leafOf(0, all, histogramOf(data, slopes, all), sumsOf(slopes), 0)];
  while (leaves.length < rules.maxLeaves) {
    const leaf = leaves.reduce((best, other) => ((other.split?.gain ?? 0) > (best.split?.gain ?? 0) ? other : best));
    const { split } = leaf;
    if (split === undefined) break;
    const { feature, bin, missingLeft } = split;
    const [left, right] = parted(leaf.rows, data.columns[feature] ?? new Uint8Array(), split);
    const smaller = histogramOf(data, slopes, left.length <= right.length ? left : right);
    const larger = subtract(leaf.histogram, smaller);
    const [ofLeft, ofRight] = left.length <= right.length ? [smaller, larger] : [larger, smaller];
    const at = nodes.length;
    nodes[leaf.node] = [feature, data.bounds[feature]?.[bin] ?? ABOVE_ALL, missingLeft ? 1 : 0, at, at + 1];
    nodes.push(0, 0);
    leaves = [
      ...leaves.filter((other) => other !== leaf),
      leafOf(at, left, ofLeft, split.left, leaf.depth + 1),
      leafOf(at + 1, right, ofRight, split.right, leaf.depth + 1),
    ];
  }
  const values = new Float64Array(data.rows);
  for (const { node, rows, sums } of leaves) {
    const value = rules.learningRate * bestStep(sums, rules.l2);
    nodes[node] = value;
    for (const row of rows) values[row] = value;
  }
  return { tree: new Tree(nodes), values };
}

function sumsOf({ gradient, curvature }: Slopes): Sums {
  const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
  return { gradient: total(gradient), curvature: total(curvature), rows: gradient.length };
}

function parted(
  rows: Uint32Array,
  bins: Uint8Array,
  { bin, missingLeft, left }: Split,
): [left: Uint32Array, right: Uint32Array] {
  const lefts = new Uint32Array(left.rows);
  const rights = new Uint32Array(rows.length - left.rows);
  let l = 0;
  let r = 0;
  for (const row of rows) {
    const own = bins[row] ?? 0;
    if (own === MISSING ? missingLeft : own <= bin) lefts[l++] = row;
    else rights[r++] = row;
  }
  return [lefts, rights];
}
