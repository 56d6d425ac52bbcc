import { type Binned, MISSING } from './bins.ts';

/** Sums over some rows: of the gradient and the curvature of the loss, and how many rows they are. */
export interface Sums {
  readonly gradient: number;
  readonly curvature: number;
  readonly rows: number;
}

/** The slope of the loss at each row, and how fast that changes. */
export interface Slopes {
  readonly gradient: Float64Array;
  readonly curvature: Float64Array;
}

/** Bins of a feature, that of missing values included. */
const BINS = MISSING + 1;
/** What is summed up in a bin: gradient, curvature, rows; side by side, as they are used together. */
export const STRIDE = 3;

/** The sums over the rows of a node, by feature and bin: from {@link placeOf} on {@link STRIDE} numbers. */
export type Histogram = Float64Array;

export function placeOf(feature: number, bin: number): number {
  return (feature * BINS + bin) * STRIDE;
}

export function histogramOf({ columns }: Binned, { gradient, curvature }: Slopes, rows: Uint32Array): Histogram {
  const sums = new Float64Array(placeOf(columns.length, 0));
  const count = rows.length;
  for (const [feature, bins] of columns.entries()) {
    const start = placeOf(feature, 0);
    for (let i = 0; i < count; i++) {
      const row = rows[i] ?? 0;
      const at = start + (bins[row] ?? 0) * STRIDE;
      sums[at] = (sums[at] ?? 0) + (gradient[row] ?? 0);
      sums[at + 1] = (sums[at + 1] ?? 0) + (curvature[row] ?? 0);
      sums[at + 2] = (sums[at + 2] ?? 0) + 1;
    }
  }
  return sums;
}

/** Takes the rows of one histogram out of another, in place: what is left are those of a node's other child, without a pass over them. */
export function subtract(from: Histogram, other: Histogram): Histogram {
  for (let i = 0; i < from.length; i++) from[i] = (from[i] ?? 0) - (other[i] ?? 0);
  return from;
}
