import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { forgetGateOnes, glorotUniform, orthogonalGates, zeros } from './initial-weights.ts';
import { type LaneBuilder, sideBySide } from './lane-builder.ts';
import type { RnnConfig } from './lane-config.ts';
import { recurrence } from './layers/recurrence.ts';

/** The features of an RNN lane, `[batch, units]`, twice that if it reads both ways: the state after the last token. */
export function rnnFeatures(builder: LaneBuilder, config: RnnConfig): SymbolicTensor {
  const { name, cell, units, bidirectional = false } = config;
  const read = (layer: string, backwards: boolean) =>
    builder.apply(
      `${name}/${layer}`,
      recurrence(builder.backend, { cell, units, backwards }),
      [builder.embedded, builder.ids],
      { kernel: glorotUniform, recurrent: orthogonalGates, bias: cell === 'lstm' ? forgetGateOnes : zeros },
    );
  const states = [read(cell, false)];
  if (bidirectional) states.push(read(`${cell}-backwards`, true));
  return sideBySide(builder, states);
}
