import type { Matrix } from './given-weights.ts';
import type { Layout } from './layout.ts';
import { largestOf, roundUp } from './matrices.ts';

const COLUMNS = 8;
const INT16 = 32_767;
const INT32 = 2 ** 31 - 1;

/**
 * A matrix and a bias of further zeros, laid out for the product of integers. How large the integers are is chosen such that no sum can
 * overflow 32 bits, whatever it is multiplied with: inputs and weights share the room. Returns the place of its struct.
 */
export function placeProduct(layout: Layout, matrix: Matrix, bias: Float32Array): number {
  const { rows, columns, data } = matrix;
  const inputs = roundUp(rows, 2);
  const outputs = roundUp(columns, COLUMNS);
  const largest = largestOf(matrix, columns);
  const sums = sumsOf(matrix, largest);
  const most = sums.reduce((a, b) => Math.max(a, b), 1);
  const inputLimit = Math.min(INT16, Math.floor(Math.sqrt(INT32 / most)));
  // Half a unit a weight is what rounding may add.
  const limits = sums.map((sum) => Math.min(INT16, Math.floor((INT32 / inputLimit - rows / 2) / Math.max(sum, 1))));
  const packed = new Int16Array(inputs * outputs);
  for (let row = 0, from = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, from++) {
      const scale = largest[column] ?? 0;
      if (scale === 0) continue;
      const block = Math.floor(column / COLUMNS);
      const at = (block * (inputs / 2) + (row >> 1)) * COLUMNS * 2 + (column % COLUMNS) * 2 + (row & 1);
      packed[at] = Math.round(((data[from] ?? 0) / scale) * (limits[column] ?? 0));
    }
  const scales = new Float32Array(outputs);
  scales.set(largest.map((scale, column) => scale / (limits[column] ?? 1)));
  const biases = new Float32Array(outputs);
  biases.set(bias);
  return layout.struct(layout.place(packed), layout.place(scales), layout.place(biases), inputs, outputs, {
    f32: inputLimit,
  });
}

/** Of each column, the sum of magnitudes, the largest being 1. */
function sumsOf({ rows, columns, data }: Matrix, largest: Float32Array): Float64Array {
  const sums = new Float64Array(columns);
  for (let row = 0, at = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, at++) {
      const scale = largest[column] ?? 0;
      if (scale > 0) sums[column] = (sums[column] ?? 0) + Math.abs(data[at] ?? 0) / scale;
    }
  return sums;
}
