/**
 * The levels to which points are best rounded if they may be no more than `count`: those of the least squared error, which is
 * k-means in one dimension, solved exactly by dynamic programming over the sorted points.
 *
 * Source: S. Lloyd, Least squares quantization in PCM, IEEE Transactions on Information Theory 28, 1982; H. Wang and M. Song,
 * Ckmeans.1d.dp, The R Journal 3, 2011.
 *
 * @param points ascending
 * @param masses how much each counts, above 0
 * @return ascending; `count` of them, the last one repeated if there are fewer points
 */
export function bestLevels(points: ArrayLike<number>, masses: ArrayLike<number>, count: number): Float64Array {
  const moments = new Moments(points, masses);
  const size = points.length;
  let costs = Float64Array.from({ length: size + 1 }, (_, end) => (end === 0 ? 0 : Number.POSITIVE_INFINITY));
  /** Where the last cluster begins if the first `end` points form so many clusters: `clusters × (size + 1)`. */
  const begins: Int32Array[] = [];
  for (let clusters = 1; clusters <= Math.min(count, size); clusters++) {
    const next = new Float64Array(size + 1).fill(Number.POSITIVE_INFINITY);
    const begin = new Int32Array(size + 1);
    for (let end = clusters; end <= size; end++)
      for (let start = end - 1; start >= clusters - 1; start--) {
        const last = moments.error(start, end);
        if (last >= (next[end] ?? 0)) break; // a longer cluster only errs more
        const cost = (costs[start] ?? 0) + last;
        if (cost >= (next[end] ?? 0)) continue;
        next[end] = cost;
        begin[end] = start;
      }
    costs = next;
    begins.push(begin);
  }
  const levels = new Float64Array(count);
  let end = size;
  for (let cluster = begins.length - 1; cluster >= 0; cluster--) {
    const start = begins[cluster]?.[end] ?? 0;
    levels[cluster] = moments.mean(start, end);
    end = start;
  }
  return levels.fill(levels[begins.length - 1] ?? 0, begins.length);
}

/** The index of the level next to a value. */
export function nearestLevel(levels: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = levels.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value > ((levels[middle] ?? 0) + (levels[middle + 1] ?? 0)) / 2) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Mass, sum and sum of squares of any run of points, each by one subtraction. */
class Moments {
  readonly #masses: Float64Array;
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;

  constructor(points: ArrayLike<number>, masses: ArrayLike<number>) {
    const size = points.length;
    this.#masses = new Float64Array(size + 1);
    this.#sums = new Float64Array(size + 1);
    this.#squares = new Float64Array(size + 1);
    for (let i = 0; i < size; i++) {
      const point = points[i] ?? 0;
      const mass = masses[i] ?? 0;
      this.#masses[i + 1] = (this.#masses[i] ?? 0) + mass;
      this.#sums[i + 1] = (this.#sums[i] ?? 0) + mass * point;
      this.#squares[i + 1] = (this.#squares[i] ?? 0) + mass * point * point;
    }
  }

  mean(start: number, end: number): number {
    return within(this.#sums, start, end) / within(this.#masses, start, end);
  }

  /** The squared error of rounding a run of points to its mean. */
  error(start: number, end: number): number {
    const sum = within(this.#sums, start, end);
    return Math.max(0, within(this.#squares, start, end) - (sum * sum) / within(this.#masses, start, end));
  }
}

function within(totals: Float64Array, start: number, end: number): number {
  return (totals[end] ?? 0) - (totals[start] ?? 0);
}
