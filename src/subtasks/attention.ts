import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { glorotUniform } from './initial-weights.ts';
import type { LaneBuilder } from './lane-builder.ts';
import type { AttentionConfig } from './lane-config.ts';
import { attentionPooling } from './layers/attention-pooling.ts';

/** The features of an attention lane, `[batch, heads × dimensions]`: means of the embeddings that say themselves how much each counts. */
export function attentionFeatures(
  { backend, ids, embedded, apply }: LaneBuilder,
  config: AttentionConfig,
): SymbolicTensor {
  const { name, heads, units } = config;
  return apply(`${name}/attention`, attentionPooling(backend, { heads, units }), [embedded, ids], {
    kernel: glorotUniform,
    queries: glorotUniform,
  });
}
