import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { glorotUniform } from './initial-weights.ts';
import type { LaneBuilder } from './lane-builder.ts';
import type { DpcnnConfig } from './lane-config.ts';
import { halving } from './layers/halving.ts';
import { maskedConvolution } from './layers/masked-convolution.ts';
import { tokenMaximum } from './layers/masked-pooling.ts';

const WIDTH = 3;

/**
 * The features of a DPCNN lane, `[batch, filters]`: a convolution over the embeddings, then blocks of two convolutions with a
 * way around them, the length halved from block to block, and the maximum over what is left.
 */
export function dpcnnFeatures(builder: LaneBuilder, { name, filters, blocks }: DpcnnConfig): SymbolicTensor {
  const { backend, apply } = builder;
  const add = backend.layers.layers.add;
  let { ids } = builder;
  const convolve = (layer: string, values: SymbolicTensor, rectified: boolean) =>
    apply(`${name}/${layer}`, maskedConvolution(backend, { filters, width: WIDTH, rectified }), [values, ids], {
      kernel: glorotUniform,
    });
  let values = convolve('region', builder.embedded, false);
  for (let block = 1; block <= blocks; block++) {
    if (block > 1) {
      values = apply('', halving(backend), values);
      ids = apply('', halving(backend), ids);
    }
    const first = convolve(`block${block}-1`, values, true);
    values = apply('', add(), [convolve(`block${block}-2`, first, true), values]);
  }
  return apply('', tokenMaximum(backend), [values, ids]);
}
