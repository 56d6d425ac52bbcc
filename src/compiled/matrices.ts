import type { Matrix } from './given-weights.ts';
import { kernelsOver } from './kernels.ts';
import { Layout } from './layout.ts';

/** Rows that are multiplied at once. */
const ROWS = 256;

/** The next multiple of `step`. */
export function roundUp(count: number, step: number): number {
  return Math.ceil(count / step) * step;
}

/** A matrix with zeros for further rows and columns. */
export function padded({ rows, columns, data }: Matrix, toRows: number, toColumns: number): Float32Array {
  const result = new Float32Array(toRows * toColumns);
  for (let row = 0; row < rows; row++) result.set(data.subarray(row * columns, (row + 1) * columns), row * toColumns);
  return result;
}

/** The product of two matrices, in float32. */
export function multiply(left: Matrix, right: Matrix): Matrix {
  const columns = roundUp(right.columns, 8);
  const layout = new Layout();
  const w = layout.place(padded(right, right.rows, columns));
  const x = layout.room(4 * ROWS * left.columns);
  const out = layout.room(4 * ROWS * columns);
  const memory = layout.memory();
  const kernels = kernelsOver(memory);
  const input = new Float32Array(memory.buffer, x, ROWS * left.columns);
  const output = new Float32Array(memory.buffer, out, ROWS * columns);
  const data = new Float32Array(left.rows * right.columns);
  for (let first = 0; first < left.rows; first += ROWS) {
    const rows = Math.min(ROWS, left.rows - first);
    input.set(left.data.subarray(first * left.columns, (first + rows) * left.columns));
    kernels.multiply(x, roundUp(rows, 4), left.columns, w, columns, out);
    for (let row = 0; row < rows; row++)
      data.set(output.subarray(row * columns, row * columns + right.columns), (first + row) * right.columns);
  }
  return { rows: left.rows, columns: right.columns, data };
}

/** The largest magnitude in each column; of several columns in turn as `period` says. */
export function largestOf({ rows, columns, data }: Matrix, period: number): Float32Array {
  const largest = new Float32Array(period);
  for (let row = 0, at = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, at++) {
      const magnitude = Math.abs(data[at] ?? 0);
      const place = column % period;
      if (magnitude > (largest[place] ?? 0)) largest[place] = magnitude;
    }
  return largest;
}
