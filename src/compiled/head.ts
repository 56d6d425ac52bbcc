import type { NetworkLane } from '../subtasks/lane-config.ts';
import type { GivenWeights } from './given-weights.ts';
import type { Layout } from './layout.ts';
import { padded, roundUp } from './matrices.ts';

/** The last layer of a lane, laid out. */
export interface PlacedHead {
  readonly head: number;
  /** Room for its log-odds. */
  readonly logits: number;
}

/** Blocks of features: so many that count, each followed by others that are only there to fill up. */
export interface FeatureBlocks {
  readonly blocks: number;
  readonly size: number;
  readonly paddedSize: number;
}

/** Lays out the dense layer from features to labels. Room for log-odds is at least four floats. */
export function placeHead(
  layout: Layout,
  weights: GivenWeights,
  { name, labels, exclusive = labels.length > 1 }: NetworkLane,
  { blocks, size, paddedSize }: FeatureBlocks,
): PlacedHead {
  const kernel = weights.take(`${name}/output/kernel`, [blocks * size, labels.length]);
  const bias = weights.take(`${name}/output/bias`, [labels.length]);
  const stride = roundUp(labels.length, 4);
  const rows = new Float32Array(blocks * paddedSize * stride);
  for (let block = 0; block < blocks; block++) {
    const data = kernel.data.subarray(block * size * labels.length, (block + 1) * size * labels.length);
    rows.set(padded({ rows: size, columns: labels.length, data }, paddedSize, stride), block * paddedSize * stride);
  }
  const head = layout.struct(
    layout.place(rows),
    layout.place(padded(bias, 1, stride)),
    blocks * paddedSize,
    labels.length,
    stride,
    exclusive ? 1 : 0,
  );
  return { head, logits: layout.room(4 * stride) };
}
