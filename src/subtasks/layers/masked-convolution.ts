import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import type { layers as L } from '@tensorflow/tfjs-layers';
import type { Backend } from '../backend.ts';
import { tokenMask, valuesAndIds } from './token-mask.ts';

interface MaskedConvolutionOptions {
  readonly filters: number;
  /** In positions; odd. */
  readonly width: number;
  /** Whether the values go through a ReLU first. */
  readonly rectified: boolean;
}

/**
 * A convolution over `[values, ids]` that keeps the length: `[batch, length, filters]`, zeros where there is no token. Without
 * the mask a bias would fill the padding, and a document's scores depend on the longest of its batch. It pads by itself, as
 * the WebAssembly backend's gradient knows convolutions without padding only.
 */
export function maskedConvolution(backend: Backend, options: MaskedConvolutionOptions): L.Layer {
  const { tf, layers } = backend;
  const { filters, width, rectified } = options;
  const margin = (width - 1) / 2;

  class MaskedConvolution extends layers.layers.Layer {
    static get className(): string {
      return 'MaskedConvolution';
    }

    override build(shapes: (number | null)[] | (number | null)[][]): void {
      const [values] = shapes;
      const depth = Array.isArray(values) ? values[2] : undefined;
      if (typeof depth !== 'number') throw new Error('MaskedConvolution: takes two inputs, values and ids');
      const zeros = layers.initializers.zeros();
      this.addWeight('kernel', [width, depth, filters], 'float32', zeros);
      this.addWeight('bias', [filters], 'float32', zeros);
      this.built = true;
    }

    override computeOutputShape(shapes: (number | null)[] | (number | null)[][]): (number | null)[] {
      const [values] = shapes;
      return Array.isArray(values) ? [values[0] ?? null, values[1] ?? null, filters] : [null, null, filters];
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const [values, ids] = valuesAndIds(inputs);
        const [kernel, bias] = this.weights.map((weight) => weight.read());
        if (kernel === undefined || bias === undefined)
          throw new Error('MaskedConvolution: called before it was built');
        const [batch = 0, length = 0, depth = 0] = values.shape;
        const padded = tf.pad(rectified ? tf.relu(values) : values, [
          [0, 0],
          [margin, margin],
          [0, 0],
        ]);
        const image = tf.reshape<Rank.R4>(padded, [batch, 1, length + 2 * margin, depth]);
        const filter = tf.reshape<Rank.R4>(kernel, [1, width, depth, filters]);
        const answers = tf.reshape(tf.conv2d(image, filter, 1, 'valid'), [batch, length, filters]);
        return tf.mul(tf.add(answers, bias), tf.expandDims(tokenMask(backend, ids), -1));
      });
    }
  }

  return new MaskedConvolution({});
}
