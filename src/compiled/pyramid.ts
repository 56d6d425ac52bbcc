import type { DpcnnConfig } from '../subtasks/lane-config.ts';
import { foldConvolution } from './fold.ts';
import type { GivenWeights, Matrix } from './given-weights.ts';
import { placeHead } from './head.ts';
import type { Layout } from './layout.ts';
import { largestOf, padded, roundUp } from './matrices.ts';
import { placeProduct } from './product-weights.ts';

const WIDTH = 3;
const STEP = 8;
const INT16 = 32_767;

/** Lays out a deep pyramid CNN, for documents of at most `longest` tokens. Returns the place of its struct. */
export function placePyramid(
  layout: Layout,
  weights: GivenWeights,
  embedding: Matrix,
  lane: DpcnnConfig,
  longest: number,
): number {
  const { name, filters, blocks } = lane;
  const size = roundUp(filters, STEP);
  const region = placeRegion(layout, weights, embedding, lane, size);
  const convolutions: number[] = [];
  for (let block = 1; block <= blocks; block++)
    for (const half of [1, 2]) {
      const at = `${name}/block${block}-${half}`;
      const kernel = weights.take(`${at}/kernel`, [WIDTH, filters, filters]);
      const bias = weights.take(`${at}/bias`, [filters]);
      const rows = new Float32Array(WIDTH * size * filters);
      for (let position = 0; position < WIDTH; position++)
        rows.set(
          kernel.data.subarray(position * filters * filters, (position + 1) * filters * filters),
          position * size * filters,
        );
      convolutions.push(placeProduct(layout, { rows: WIDTH * size, columns: filters, data: rows }, bias.data));
    }
  const { head, logits } = placeHead(layout, weights, lane, { blocks: 1, size: filters, paddedSize: size });
  return layout.struct(
    region.table,
    region.scales,
    region.bias,
    size,
    blocks,
    layout.place(Uint32Array.from(convolutions)),
    layout.room(4 * size * longest),
    layout.room(4 * size * longest),
    layout.room(2 * size * (longest + 2)),
    layout.room(4 * size),
    logits,
    head,
  );
}

/** The first convolution, a row a token. */
function placeRegion(
  layout: Layout,
  weights: GivenWeights,
  embedding: Matrix,
  { name, filters }: DpcnnConfig,
  size: number,
): { readonly table: number; readonly scales: number; readonly bias: number } {
  const kernel = weights.take(`${name}/region/kernel`, [WIDTH, embedding.columns, filters]);
  const bias = weights.take(`${name}/region/bias`, [filters]);
  const folded = foldConvolution(embedding, kernel);
  const largest = largestOf(folded, filters);
  const limit = Math.floor(INT16 / WIDTH); // so that the sum of three fits
  const factors = largest.map((most) => (most === 0 ? 0 : limit / most));
  const table = new Int16Array(folded.rows * WIDTH * size);
  for (let cell = 0, from = 0; cell < folded.rows * WIDTH; cell++)
    for (let filter = 0; filter < filters; filter++, from++)
      table[cell * size + filter] = Math.round((folded.data[from] ?? 0) * (factors[filter] ?? 0));
  const scales = { rows: 1, columns: filters, data: largest.map((most) => most / limit) };
  return {
    table: layout.place(table),
    scales: layout.place(padded(scales, 1, size)),
    bias: layout.place(padded(bias, 1, size)),
  };
}
