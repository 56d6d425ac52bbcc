/**
 * A node of a {@link Tree} as JSON has it: the value of a leaf, or a question: whether a feature is at most a threshold. Yes goes to the
 * node of index `left`, no to `right`, and a row without the feature to the left if `missing` is 1.
 */
export type TreeNode =
  | number
  | readonly [feature: number, threshold: number, missing: 0 | 1, left: number, right: number];

/** A decision tree over features: asks from the first node on, until it comes to a value. */
export class Tree {
  readonly nodes: readonly TreeNode[];
  readonly #feature: Int32Array;
  readonly #threshold: Float64Array;
  readonly #missing: Uint8Array;
  readonly #left: Int32Array;
  readonly #right: Int32Array;

  /** @param nodes the root first, each node before those that it leads to */
  constructor(nodes: readonly TreeNode[]) {
    this.nodes = nodes;
    const part = (index: 0 | 1 | 2 | 3 | 4) => (node: TreeNode) => (typeof node === 'number' ? LEAF : node[index]);
    this.#feature = Int32Array.from(nodes, part(0));
    this.#threshold = Float64Array.from(nodes, (node) => (typeof node === 'number' ? node : node[1]));
    this.#missing = Uint8Array.from(nodes, part(2));
    this.#left = Int32Array.from(nodes, part(3));
    this.#right = Int32Array.from(nodes, part(4));
  }

  /** The value for a row of features that begins at `start`; `NaN` is none. */
  valueOf(features: ArrayLike<number>, start: number): number {
    let node = 0;
    for (let feature = this.#feature[0] ?? LEAF; feature !== LEAF; feature = this.#feature[node] ?? LEAF) {
      const value = features[start + feature] ?? Number.NaN;
      // A leaf has its value where a question has its threshold.
      const isLeft = Number.isNaN(value) ? this.#missing[node] === 1 : value <= (this.#threshold[node] ?? 0);
      node = (isLeft ? this.#left[node] : this.#right[node]) ?? 0;
    }
    return this.#threshold[node] ?? 0;
  }

  toJSON(): readonly TreeNode[] {
    return this.nodes;
  }
}

const LEAF = -1;
