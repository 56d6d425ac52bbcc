import { seededRandom } from '../subtasks/random.ts';
import { type Graph, GroupLinks } from './group-links.ts';
import { sizesOf } from './sizes.ts';

/** Starts from different seeds, at most; fewer where a graph is large. */
const MOST_STARTS = 16;
const STARTS_TIMES_CUBE = 1e8;
/** A pass of exchanges ends after so many that brought nothing. */
const STRAYING = 50;
const MOST_PASSES = 20;
/** What is not more than this is no improvement, but rounding. */
const TINY = 1e-9;

/**
 * Parts the nodes of a graph into groups of equal size, give or take one, such that edges between groups weigh little: groups are
 * grown one by one around random nodes, always by the node with the strongest links to the group, and then {@link refined}; of several
 * starts the best is taken.
 *
 * Source: G. Karypis and V. Kumar, A fast and high quality multilevel scheme for partitioning irregular graphs, SIAM J. Sci. Comput.
 * 20(1), 1998 (greedy growing).
 *
 * @param groups how many, from 1 to the number of nodes
 * @return the group of each node
 */
export function partitionOf(graph: Graph, groups: number, seed: number): Int32Array {
  const starts = Math.min(Math.max(Math.floor(STARTS_TIMES_CUBE / graph.length ** 3), 1), MOST_STARTS);
  let best: Int32Array | undefined;
  for (let start = 0; start < starts; start++) {
    const found = refined(graph, grown(graph, groups, seededRandom(`${seed}/partition/${start}`)), groups);
    if (best === undefined || cutOf(graph, found) < cutOf(graph, best) - TINY) best = found;
  }
  return best ?? new Int32Array(graph.length);
}

/** The weight of all edges between groups. */
export function cutOf(graph: Graph, groupOf: ArrayLike<number>): number {
  let cut = 0;
  for (const [a, edges] of graph.entries())
    for (let b = 0; b < a; b++) if (groupOf[a] !== groupOf[b]) cut += edges[b] ?? 0;
  return cut;
}

function grown(graph: Graph, groups: number, random: () => number): Int32Array {
  const groupOf = new Int32Array(graph.length).fill(-1);
  const free = new Set(graph.keys());
  for (const [group, size] of sizesOf(graph.length, groups).entries()) {
    const links = new Float64Array(graph.length);
    for (let taken = 0; taken < size; taken++) {
      const candidates = [...free];
      const node =
        taken === 0
          ? (candidates[Math.floor(random() * candidates.length)] ?? 0)
          : candidates.reduce((best, other) => ((links[other] ?? 0) > (links[best] ?? 0) ? other : best));
      free.delete(node);
      groupOf[node] = group;
      for (const other of free) links[other] = (links[other] ?? 0) + (graph[node]?.[other] ?? 0);
    }
  }
  return groupOf;
}

/**
 * Improves a partition by exchanges of two nodes, or moves of one where a group has one more than the other. In a pass each node
 * is exchanged once, the best exchange first, also if it makes things worse for a while; then all after the best point are taken back.
 * Passes go on until one brings nothing. So the cut never becomes larger, and the sizes stay equal, give or take one.
 *
 * Source: B. Kernighan and S. Lin, An efficient heuristic procedure for partitioning graphs, Bell System Technical Journal 49, 1970;
 * C. Fiduccia and R. Mattheyses, A linear-time heuristic for improving network partitions, DAC 1982 (passes that end early).
 */
export function refined(graph: Graph, groupOf: Int32Array, groups: number): Int32Array {
  let best: Int32Array = groupOf.slice();
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const links = new GroupLinks(graph, best, groups);
    const locked = new Set<number>();
    let [gain, bestGain] = [0, TINY];
    let next: Int32Array | undefined;
    for (let strayed = 0; strayed < STRAYING; strayed++) {
      const exchange = links.bestExchange(locked);
      if (exchange === undefined) break;
      links.apply(exchange);
      for (const node of exchange.nodes) locked.add(node);
      gain += exchange.gain;
      if (gain <= bestGain) continue;
      bestGain = gain;
      next = links.groupOf.slice();
      strayed = -1;
    }
    if (next === undefined) break;
    best = next;
  }
  return best;
}
