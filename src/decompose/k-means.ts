import { seededRandom } from '../subtasks/random.ts';
import { sizesOf } from './sizes.ts';

/** Tries from different starts; the best is taken. */
const STARTS = 16;
const MOST_ROUNDS = 100;
/** What is not more than this is no improvement, but rounding. */
const TINY = 1e-9;

/**
 * Groups vectors by k-means into groups of equal size, give or take one: the sum of squared distances to the means of the groups is to be
 * small. The groups begin at vectors that lie far apart (k-means++); then vectors are assigned to the means, as many to each as it may
 * have, and exchanged between groups while that brings them nearer; then the means are computed again, and so on.
 *
 * Source: D. Arthur and S. Vassilvitskii, k-means++: the advantages of careful seeding, SODA 2007; M. Malinen and P. Fränti,
 * Balanced k-means for clustering, S+SSPR 2014 (here with exchanges in place of the Hungarian algorithm).
 *
 * @param groups how many, from 1 to the number of vectors
 * @return the group of each vector
 */
export function balancedKMeans(vectors: readonly Float64Array[], groups: number, seed: number): Int32Array {
  let best: { readonly groupOf: Int32Array; readonly spread: number } | undefined;
  for (let start = 0; start < STARTS; start++) {
    const found = fromStart(vectors, groups, seededRandom(`${seed}/k-means/${start}`));
    if (best === undefined || found.spread < best.spread - TINY) best = found;
  }
  return best?.groupOf ?? new Int32Array(vectors.length);
}

function fromStart(vectors: readonly Float64Array[], groups: number, random: () => number) {
  let means = farApart(vectors, groups, random);
  let groupOf: Int32Array = new Int32Array(vectors.length);
  let spread = Number.POSITIVE_INFINITY;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const distances = vectors.map((vector) => Float64Array.from(means, (mean) => squaredDistance(vector, mean)));
    const next = assigned(distances, groups);
    means = meansOf(vectors, next, groups);
    const reached = vectors.reduce((sum, vector, i) => sum + squaredDistance(vector, means[next[i] ?? 0]), 0);
    if (reached >= spread - TINY) break;
    groupOf = next;
    spread = reached;
  }
  return { groupOf, spread };
}

/** Some of the vectors: each is drawn with a chance that grows with the square of its distance to the nearest so far. */
function farApart(vectors: readonly Float64Array[], count: number, random: () => number): Float64Array[] {
  const chosen = [Math.floor(random() * vectors.length)];
  const nearest = new Float64Array(vectors.length).fill(Number.POSITIVE_INFINITY);
  while (chosen.length < count) {
    const last = vectors[chosen.at(-1) ?? 0];
    for (const [i, vector] of vectors.entries())
      nearest[i] = chosen.includes(i) ? 0 : Math.min(nearest[i] ?? 0, squaredDistance(vector, last));
    chosen.push(drawn(nearest, chosen, random));
  }
  return chosen.flatMap((i) => vectors[i] ?? []);
}

/** An index by its weight; where all weigh nothing, the first that is not yet taken. */
function drawn(weights: Float64Array, taken: readonly number[], random: () => number): number {
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  const found = weights.findIndex((weight) => {
    left -= weight;
    return weight > 0 && left <= 0;
  });
  return found >= 0 ? found : weights.findIndex((_, i) => !taken.includes(i));
}

/** Gives each group as many as it may have: first who would lose most by the second best group, then by exchanges. */
function assigned(distances: readonly Float64Array[], groups: number): Int32Array {
  const sizes = sizesOf(distances.length, groups);
  const smallest = Math.min(...sizes);
  let larger = distances.length - smallest * groups; // groups that may have one more
  const counts = new Int32Array(groups);
  const groupOf = new Int32Array(distances.length);
  const isOpen = (group: number): boolean =>
    (counts[group] ?? 0) < smallest || ((counts[group] ?? 0) === smallest && larger > 0);
  const order = Array.from(distances.keys()).sort((a, b) => regretOf(distances[b]) - regretOf(distances[a]) || a - b);
  for (const i of order) {
    const own = distances[i] ?? new Float64Array();
    let best = -1;
    for (let group = 0; group < groups; group++)
      if (isOpen(group) && (best < 0 || (own[group] ?? 0) < (own[best] ?? 0))) best = group;
    if ((counts[best] ?? 0) === smallest) larger--;
    counts[best] = (counts[best] ?? 0) + 1;
    groupOf[i] = best;
  }
  exchange(distances, groupOf);
  return groupOf;
}

/** By how much the nearest mean is nearer than the second. */
function regretOf(distances: Float64Array = new Float64Array()): number {
  const [first = 0, second = first] = Float64Array.from(distances).sort();
  return second - first;
}

/** Exchanges pairs between groups, in place, while both together come nearer to their means. */
function exchange(distances: readonly Float64Array[], groupOf: Int32Array): void {
  for (let improved = true; improved; ) {
    improved = false;
    for (let a = 0; a < groupOf.length; a++)
      for (let b = a + 1; b < groupOf.length; b++) {
        const [from, to] = [groupOf[a] ?? 0, groupOf[b] ?? 0];
        const now = (distances[a]?.[from] ?? 0) + (distances[b]?.[to] ?? 0);
        const then = (distances[a]?.[to] ?? 0) + (distances[b]?.[from] ?? 0);
        if (then >= now - TINY) continue;
        groupOf[a] = to;
        groupOf[b] = from;
        improved = true;
      }
  }
}

function meansOf(vectors: readonly Float64Array[], groupOf: Int32Array, groups: number): Float64Array[] {
  const means = Array.from({ length: groups }, () => new Float64Array(vectors[0]?.length ?? 0));
  const counts = new Float64Array(groups);
  for (const [i, vector] of vectors.entries()) {
    const group = groupOf[i] ?? 0;
    counts[group] = (counts[group] ?? 0) + 1;
    const mean = means[group] ?? new Float64Array();
    for (let j = 0; j < vector.length; j++) mean[j] = (mean[j] ?? 0) + (vector[j] ?? 0);
  }
  return means.map((mean, group) => mean.map((sum) => sum / (counts[group] || 1)));
}

function squaredDistance(a: Float64Array, b: Float64Array = new Float64Array(a.length)): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return sum;
}
