/** The weight of the edge between any two nodes, a row and a column a node; symmetric, not negative. */
export type Graph = readonly (readonly number[])[];

/** Two nodes that change places, or one that goes to another group. */
interface Exchange {
  readonly nodes: readonly [number] | readonly [number, number];
  /** The group that the first node goes to. */
  readonly to: number;
  /** By how much the cut becomes smaller. */
  readonly gain: number;
}

/** A partition on its way: how strongly each node is linked to each group. */
export class GroupLinks {
  readonly groupOf: Int32Array;
  readonly #graph: Graph;
  readonly #groups: number;
  readonly #sizes: Int32Array;
  /** `nodes × groups`. */
  readonly #links: Float64Array;

  constructor(graph: Graph, groupOf: Int32Array, groups: number) {
    this.groupOf = groupOf.slice();
    this.#graph = graph;
    this.#groups = groups;
    this.#sizes = new Int32Array(groups);
    this.#links = new Float64Array(graph.length * groups);
    for (const [node, group] of groupOf.entries()) {
      this.#sizes[group] = (this.#sizes[group] ?? 0) + 1;
      this.#link(node, group, 1);
    }
  }

  /** The exchange among nodes that are not locked that gains most, or loses least; of equal ones the first. */
  bestExchange(locked: ReadonlySet<number>): Exchange | undefined {
    let best: Exchange | undefined;
    const free = Array.from(this.groupOf.keys()).filter((node) => !locked.has(node));
    for (const [at, a] of free.entries()) {
      const from = this.groupOf[a] ?? 0;
      for (let to = 0; to < this.#groups; to++) {
        if ((this.#sizes[from] ?? 0) <= (this.#sizes[to] ?? 0)) continue;
        const gain = this.#gain(a, from, to);
        if (best === undefined || gain > best.gain) best = { nodes: [a], to, gain };
      }
      for (let i = at + 1; i < free.length; i++) {
        const b = free[i] ?? 0;
        const to = this.groupOf[b] ?? 0;
        if (to === from) continue;
        const gain = this.#gain(a, from, to) + this.#gain(b, to, from) - 2 * (this.#graph[a]?.[b] ?? 0);
        if (best === undefined || gain > best.gain) best = { nodes: [a, b], to, gain };
      }
    }
    return best;
  }

  apply({ nodes: [first, second], to }: Exchange): void {
    const from = this.groupOf[first] ?? 0;
    this.#move(first, to);
    if (second !== undefined) this.#move(second, from);
  }

  #gain(node: number, from: number, to: number): number {
    const start = node * this.#groups;
    return (this.#links[start + to] ?? 0) - (this.#links[start + from] ?? 0);
  }

  #move(node: number, to: number): void {
    const from = this.groupOf[node] ?? 0;
    this.groupOf[node] = to;
    this.#sizes[from] = (this.#sizes[from] ?? 0) - 1;
    this.#sizes[to] = (this.#sizes[to] ?? 0) + 1;
    this.#link(node, from, -1);
    this.#link(node, to, 1);
  }

  /** Counts the edges of a node for (1) or no longer for (-1) a group; those to itself are none. */
  #link(node: number, group: number, sign: number): void {
    for (const [other, weight] of (this.#graph[node] ?? []).entries()) {
      const cell = other * this.#groups + group;
      if (other !== node) this.#links[cell] = (this.#links[cell] ?? 0) + sign * weight;
    }
  }
}
