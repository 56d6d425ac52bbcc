import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { forgetGateOnes, glorotUniform, orthogonalGates, zeros } from './initial-weights.ts';
import { type LaneBuilder, sideBySide } from './lane-builder.ts';
import type { RnnConfig } from './lane-config.ts';
import { tokenMaximum, tokenMean } from './layers/masked-pooling.ts';
import { recurrence } from './layers/recurrence.ts';

/**
 * The features of an RNN lane: for each direction the state after the last token, `[batch, units]`, or the maximum and the mean of the states
 * after every token, `[batch, 2 × units]`.
 */
export function rnnFeatures(builder: LaneBuilder, config: RnnConfig): SymbolicTensor {
  const { name, cell, units, bidirectional = false, pooling = 'last' } = config;
  const { backend, ids, embedded, apply } = builder;
  const every = pooling === 'max-mean';
  const read = (layer: string, backwards: boolean): SymbolicTensor[] => {
    const states = apply(`${name}/${layer}`, recurrence(backend, { cell, units, backwards, every }), [embedded, ids], {
      kernel: glorotUniform,
      recurrent: orthogonalGates,
      bias: cell === 'lstm' ? forgetGateOnes : zeros,
    });
    if (!every) return [states];
    return [tokenMaximum(backend), tokenMean(backend)].map((pool) => apply('', pool, [states, ids]));
  };
  const features = read(cell, false);
  if (bidirectional) features.push(...read(`${cell}-backwards`, true));
  return sideBySide(builder, features);
}
