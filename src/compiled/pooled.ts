import type { AttentionConfig, FcnConfig } from '../subtasks/lane-config.ts';
import type { GivenWeights, Matrix } from './given-weights.ts';
import { placeHead } from './head.ts';
import type { Layout } from './layout.ts';
import { multiply, padded, roundUp } from './matrices.ts';

const STEP = 4;

/** Lays out dense layers over pooled embeddings. Returns the place of its struct. */
export function placePooled(layout: Layout, weights: GivenWeights, embedding: Matrix, lane: FcnConfig): number {
  const { name, hidden, pooling } = lane;
  const layers = hidden.map((units, index) => {
    const at = `${name}/hidden${index + 1}`;
    const inputs = hidden[index - 1] ?? embedding.columns;
    return { kernel: weights.take(`${at}/kernel`, [inputs, units]), bias: weights.take(`${at}/bias`, [units]) };
  });
  // A mean is linear, so the first layer can come before it; a maximum is not.
  const folded = pooling === 'mean' ? layers.shift() : undefined;
  const table = folded ? multiply(embedding, folded.kernel) : embedding;
  const width = roundUp(table.columns, STEP);
  let size = table.columns;
  let widest = width;
  const places = layers.map(({ kernel, bias }) => {
    const inputs = roundUp(kernel.rows, STEP);
    const outputs = roundUp(kernel.columns, STEP);
    size = kernel.columns;
    widest = Math.max(widest, outputs);
    return layout.struct(
      layout.place(padded(kernel, inputs, outputs)),
      layout.place(padded(bias, 1, outputs)),
      inputs,
      outputs,
    );
  });
  const { head, logits } = placeHead(layout, weights, lane, { blocks: 1, size, paddedSize: roundUp(size, STEP) });
  return layout.struct(
    layout.place(padded(table, table.rows, width)),
    width,
    pooling === 'max' ? 1 : 0,
    folded ? layout.place(padded(folded.bias, 1, width)) : 0,
    layout.place(Uint32Array.from(places)),
    places.length,
    layout.room(4 * widest),
    layout.room(4 * widest),
    logits,
    head,
  );
}

/** Lays out means by attention. What a token counts depends on nothing else, so it stands in its row. Returns the place of its struct. */
export function placeAttention(
  layout: Layout,
  weights: GivenWeights,
  embedding: Matrix,
  lane: AttentionConfig,
): number {
  const { name, heads, units } = lane;
  const { rows: tokens, columns: dimensions } = embedding;
  const kernel = weights.take(`${name}/attention/kernel`, [dimensions, units]);
  const bias = weights.take(`${name}/attention/bias`, [units]);
  const queries = weights.take(`${name}/attention/queries`, [units, heads]);
  const keys = multiply(embedding, kernel);
  const judged = keys.data.map((value, index) => Math.tanh(value + (bias.data[index % units] ?? 0)));
  const counts = multiply({ ...keys, data: judged }, queries);
  const headStride = roundUp(heads, STEP);
  const width = roundUp(dimensions, STEP);
  const stride = headStride + width;
  const table = new Float32Array(tokens * stride);
  for (let token = 0; token < tokens; token++) {
    table.set(counts.data.subarray(token * heads, (token + 1) * heads), token * stride);
    table.set(embedding.data.subarray(token * dimensions, (token + 1) * dimensions), token * stride + headStride);
  }
  const { head, logits } = placeHead(layout, weights, lane, { blocks: heads, size: dimensions, paddedSize: width });
  return layout.struct(
    layout.place(table),
    heads,
    headStride,
    width,
    layout.room(4 * headStride),
    layout.room(4 * headStride),
    layout.room(4 * heads * width),
    logits,
    head,
  );
}
