import type { Matrix } from './given-weights.ts';
import { multiply } from './matrices.ts';

/**
 * A convolution over embeddings, tabulated: what each token adds to each filter at each position of the window. Embeddings do not change
 * any more, so their product with the kernel is a constant of the token.
 *
 * @param embedding `[tokens, dimensions]`
 * @param kernel `[width × dimensions, filters]`
 * @returns `[tokens, width × filters]`
 */
export function foldConvolution(embedding: Matrix, kernel: Matrix): Matrix {
  const { columns: dimensions } = embedding;
  const { columns: filters } = kernel;
  const width = kernel.rows / dimensions;
  const beside = new Float32Array(kernel.data.length);
  for (let position = 0; position < width; position++)
    for (let dimension = 0; dimension < dimensions; dimension++) {
      const row = (position * dimensions + dimension) * filters;
      beside.set(kernel.data.subarray(row, row + filters), (dimension * width + position) * filters);
    }
  return multiply(embedding, { rows: dimensions, columns: width * filters, data: beside });
}
