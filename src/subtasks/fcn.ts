import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { glorotUniform } from './initial-weights.ts';
import type { LaneBuilder } from './lane-builder.ts';
import type { FcnConfig } from './lane-config.ts';
import { tokenMaximum, tokenMean } from './layers/masked-pooling.ts';

/** The features of an FCN lane, `[batch, last hidden size]`: dense layers over the pooled embeddings. */
export function fcnFeatures(builder: LaneBuilder, { name, hidden, pooling }: FcnConfig): SymbolicTensor {
  const { backend, ids, embedded } = builder;
  const pool = (pooling === 'mean' ? tokenMean : tokenMaximum)(backend);
  return hidden.reduce(
    (features, units, index) => {
      const layer = backend.layers.layers.dense({
        units,
        activation: 'relu',
        kernelInitializer: 'zeros',
      });
      return builder.apply(`${name}/hidden${index + 1}`, layer, features, { kernel: glorotUniform });
    },
    builder.apply('', pool, [embedded, ids]),
  );
}
