import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { glorotUniform } from './initial-weights.ts';
import { type LaneBuilder, sideBySide } from './lane-builder.ts';
import type { CnnConfig } from './lane-config.ts';
import { windowMaximum } from './layers/masked-pooling.ts';

/** The features of a CNN lane, `[batch, widths × filters]`: how strongly each filter answered anywhere in the document. */
export function cnnFeatures(builder: LaneBuilder, { name, widths, filters }: CnnConfig): SymbolicTensor {
  const { backend, ids, embedded } = builder;
  const pooled = widths.map((width) => {
    const convolution = backend.layers.layers.conv1d({
      filters,
      kernelSize: width,
      activation: 'relu',
      kernelInitializer: 'zeros',
    });
    const answers = builder.apply(`${name}/conv${width}`, convolution, embedded, { kernel: glorotUniform });
    return builder.apply('', windowMaximum(backend, width), [answers, ids]);
  });
  return sideBySide(builder, pooled);
}
