import type { CnnConfig } from '../subtasks/lane-config.ts';
import { foldConvolution } from './fold.ts';
import type { GivenWeights, Matrix } from './given-weights.ts';
import { placeHead } from './head.ts';
import type { Layout } from './layout.ts';
import { largestOf, roundUp } from './matrices.ts';
import type { Precision } from './precision.ts';

/** Filters that a kernel takes at once. */
const BLOCK = 16;
const INT8 = 127;
const INT16 = 32_767;

/** Lays out a CNN. Returns the place of its struct. */
export function placeConvolutional(
  layout: Layout,
  weights: GivenWeights,
  embedding: Matrix,
  lane: CnnConfig,
  precision: Precision,
): number {
  const { name, widths, filters } = lane;
  const padded = roundUp(filters, BLOCK);
  const stride = widths.reduce((sum, width) => sum + width, 0) * padded;
  const table =
    precision === '8-bit' ? new Int8Array(embedding.rows * stride) : new Int16Array(embedding.rows * stride);
  const scales = new Float32Array(widths.length * padded);
  const biases = new Float32Array(widths.length * padded);
  let offset = 0;
  for (const [index, width] of widths.entries()) {
    const kernel = weights.take(`${name}/conv${width}/kernel`, [width, embedding.columns, filters]);
    const bias = weights.take(`${name}/conv${width}/bias`, [filters]);
    const folded = foldConvolution(embedding, kernel);
    const largest = largestOf(folded, filters);
    // The sum over a window must fit in 16 bits.
    const limit = precision === '8-bit' ? INT8 : Math.floor(INT16 / width);
    const factors = largest.map((most) => (most === 0 ? 0 : limit / most));
    for (let token = 0, from = 0; token < folded.rows; token++)
      for (let position = 0; position < width; position++)
        for (let filter = 0; filter < filters; filter++, from++) {
          const block = Math.floor(filter / BLOCK);
          const at = token * stride + offset + (block * width + position) * BLOCK + (filter % BLOCK);
          table[at] = Math.round((folded.data[from] ?? 0) * (factors[filter] ?? 0));
        }
    scales.set(
      largest.map((most) => most / limit),
      index * padded,
    );
    biases.set(bias.data, index * padded);
    offset += width * padded;
  }
  const { head, logits } = placeHead(layout, weights, lane, {
    blocks: widths.length,
    size: filters,
    paddedSize: padded,
  });
  return layout.struct(
    layout.place(table),
    stride * table.BYTES_PER_ELEMENT,
    layout.place(Uint32Array.from(widths)),
    widths.length,
    padded,
    layout.place(scales),
    layout.place(biases),
    layout.room(4 * widths.length * padded),
    logits,
    head,
  );
}
