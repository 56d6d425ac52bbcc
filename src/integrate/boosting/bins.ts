/** Numbers that trees learn from: `rows × columns`, row-major; `NaN` where there is none. */
export interface Features {
  readonly rows: number;
  readonly columns: number;
  readonly values: ArrayLike<number>;
}

/** Features of which only the order of their values is left, in at most {@link MISSING} bins each. */
export interface Binned {
  readonly rows: number;
  /** A column a feature: the bin of each row. */
  readonly columns: readonly Uint8Array[];
  /** For each feature the bounds of its bins, ascending: a value is in the first bin whose bound is not below it, or in the last. */
  readonly bounds: readonly Float64Array[];
  /** For each feature whether some row has none. */
  readonly hasMissing: readonly boolean[];
}

/** The bin of rows that have no value. */
export const MISSING = 255;

/**
 * Puts features into bins of about as many rows each; where there are few different values, each has a bin of its own.
 *
 * @param maxBins for the values of a feature, 2 to {@link MISSING}
 */
export function binned({ rows, columns, values }: Features, maxBins: number = MISSING): Binned {
  const bounds: Float64Array[] = [];
  const hasMissing: boolean[] = [];
  const bins = Array.from({ length: columns }, (_, column) => {
    const all = Float64Array.from({ length: rows }, (_, row) => values[row * columns + column] ?? Number.NaN);
    const present = all.filter((value) => !Number.isNaN(value)).sort();
    const ownBounds = boundsOf(present, maxBins);
    bounds.push(ownBounds);
    hasMissing.push(present.length < rows);
    return Uint8Array.from(all, (value) => binOf(value, ownBounds));
  });
  return { rows, columns: bins, bounds, hasMissing };
}

/** Halfway between neighbours, so that values not seen before fall to the nearer one. */
function boundsOf(sorted: Float64Array, maxBins: number): Float64Array {
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  if (distinct.length <= maxBins)
    return Float64Array.from({ length: Math.max(distinct.length - 1, 0) }, (_, i) =>
      between(distinct[i] ?? 0, distinct[i + 1] ?? 0),
    );
  // The quantiles as scikit-learn takes them: the value at the place, or halfway to the next where the place is between two.
  const cuts = Array.from({ length: maxBins - 1 }, (_, i) => {
    const rows = (i + 1) * sorted.length;
    const place = Math.floor(rows / maxBins);
    const value = sorted[place] ?? 0;
    return rows % maxBins === 0 ? between(sorted[place - 1] ?? 0, value) : value;
  });
  return Float64Array.from(new Set(cuts));
}

function between(low: number, high: number): number {
  return low + (high - low) / 2;
}

function binOf(value: number, bounds: Float64Array): number {
  if (Number.isNaN(value)) return MISSING;
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= (bounds[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}
