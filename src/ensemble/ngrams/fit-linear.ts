import { seededRandom } from '../../subtasks/random.ts';

/** Rows of sparse numbers, one behind the other: those of row `i` are from `starts[i]` to before `starts[i + 1]`. */
export interface SparseRows {
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float32Array;
  /** How many columns there are. */
  readonly width: number;
}

/** What {@link fitLinear} found: the margin of a row is its product with `weights`, plus `bias`. */
export interface LinearFit {
  readonly weights: Float32Array;
  readonly bias: number;
}

/** How {@link fitLinear} fits. */
interface LinearOptions {
  /** What each column is multiplied by while fitting. */
  readonly scales: Float32Array;
  /** What a mistake costs against the size of the weights. @default 1 */
  readonly cost?: number;
  readonly seed: string;
  /** The search ends where the steepest ways up and down of the dual differ by no more than this. @default 0.1 */
  readonly tolerance?: number;
  /** Times to go through the rows, at most. @default 60 */
  readonly passes?: number;
}

/** Smaller slopes are not worth a step. */
const FLAT = 1e-12;

/**
 * A support vector machine with squared hinge loss and L2 penalty, by dual coordinate descent with shrinking. Each column is
 * scaled by `scales` on the way, which changes what the penalty costs: a column with a large scale is trusted sooner. The
 * weights that come back are those of the columns as given.
 *
 * Source: C.-J. Hsieh et al., A dual coordinate descent method for large-scale linear SVM, ICML 2008 (algorithm 3).
 */
export function fitLinear(
  rows: SparseRows,
  isPositive: (row: number) => boolean,
  { scales, cost = 1, seed, tolerance = 0.1, passes = 60 }: LinearOptions,
): LinearFit {
  const descent = new DualDescent(rows, isPositive, scales, cost, seed);
  for (let pass = 0; pass < passes; pass++) {
    const gap = descent.pass();
    if (gap > tolerance) continue;
    if (descent.isWhole) break;
    descent.unshrink(); // look at all rows again before believing it
  }
  return descent.fit;
}

class DualDescent {
  readonly #rows: SparseRows;
  /** Side by side, for both are wanted at once: the weight of each column as given, and its scale squared. */
  readonly #state: Float32Array;
  /** 1 for a row of the class, else -1. */
  readonly #signs: Int8Array;
  /** Second derivatives of the dual. */
  readonly #curvature: Float64Array;
  readonly #dual: Float64Array;
  /** What the squared hinge adds to the diagonal of the dual's matrix. */
  readonly #diagonal: number;
  readonly #random: () => number;
  /** Row numbers; those that still matter come first. */
  readonly #order: Int32Array;
  #active: number;
  #bias = 0;
  /** Rows without a dual variable whose slope is above this are left out. */
  #ceiling = Number.POSITIVE_INFINITY;

  constructor(
    rows: SparseRows,
    isPositive: (row: number) => boolean,
    scales: Float32Array,
    cost: number,
    seed: string,
  ) {
    const count = rows.starts.length - 1;
    this.#rows = rows;
    this.#random = seededRandom(seed);
    this.#diagonal = 1 / (2 * cost);
    this.#state = new Float32Array(2 * rows.width);
    for (let column = 0; column < rows.width; column++) this.#state[2 * column + 1] = (scales[column] ?? 0) ** 2;
    this.#signs = Int8Array.from({ length: count }, (_, row) => (isPositive(row) ? 1 : -1));
    this.#curvature = Float64Array.from({ length: count }, (_, row) => this.#squaredLength(row) + 1 + this.#diagonal);
    this.#dual = new Float64Array(count);
    this.#order = Int32Array.from({ length: count }, (_, row) => row);
    this.#active = count;
  }

  get fit(): LinearFit {
    const weights = Float32Array.from({ length: this.#rows.width }, (_, column) => this.#state[2 * column] ?? 0);
    return { weights, bias: this.#bias };
  }

  /** Whether no row is left out. */
  get isWhole(): boolean {
    return this.#active === this.#order.length;
  }

  unshrink(): void {
    this.#active = this.#order.length;
    this.#ceiling = Number.POSITIVE_INFINITY;
  }

  /** Goes through the active rows in a random order; gives how far their projected slopes lie apart. */
  pass(): number {
    this.#shuffle();
    let highest = Number.NEGATIVE_INFINITY;
    let lowest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#active; i++) {
      const row = this.#order[i] ?? 0;
      const dual = this.#dual[row] ?? 0;
      const slope = (this.#signs[row] ?? 0) * this.#margin(row) - 1 + dual * this.#diagonal;
      if (dual === 0 && slope > this.#ceiling) {
        this.#active -= 1;
        this.#swap(i, this.#active);
        i -= 1;
        continue;
      }
      const projected = dual === 0 ? Math.min(slope, 0) : slope;
      highest = Math.max(highest, projected);
      lowest = Math.min(lowest, projected);
      if (Math.abs(projected) > FLAT) this.#step(row, Math.max(dual - slope / (this.#curvature[row] ?? 1), 0));
    }
    this.#ceiling = highest > 0 ? highest : Number.POSITIVE_INFINITY;
    return highest - lowest;
  }

  #squaredLength(row: number): number {
    const { starts, columns, values } = this.#rows;
    let sum = 0;
    for (let at = starts[row] ?? 0; at < (starts[row + 1] ?? 0); at++)
      sum += (values[at] ?? 0) ** 2 * (this.#state[2 * (columns[at] ?? 0) + 1] ?? 0);
    return sum;
  }

  #margin(row: number): number {
    const { starts, columns, values } = this.#rows;
    const state = this.#state;
    const end = starts[row + 1] ?? 0;
    let margin = this.#bias;
    for (let at = starts[row] ?? 0; at < end; at++) margin += (state[2 * (columns[at] ?? 0)] ?? 0) * (values[at] ?? 0);
    return margin;
  }

  #step(row: number, dual: number): void {
    const { starts, columns, values } = this.#rows;
    const state = this.#state;
    const end = starts[row + 1] ?? 0;
    const step = (dual - (this.#dual[row] ?? 0)) * (this.#signs[row] ?? 0);
    this.#dual[row] = dual;
    this.#bias += step;
    for (let at = starts[row] ?? 0; at < end; at++) {
      const cell = 2 * (columns[at] ?? 0);
      state[cell] = (state[cell] ?? 0) + step * (values[at] ?? 0) * (state[cell + 1] ?? 0);
    }
  }

  #shuffle(): void {
    for (let i = this.#active - 1; i > 0; i--) this.#swap(i, Math.floor(this.#random() * (i + 1)));
  }

  #swap(i: number, j: number): void {
    const row = this.#order[i] ?? 0;
    this.#order[i] = this.#order[j] ?? 0;
    this.#order[j] = row;
  }
}
