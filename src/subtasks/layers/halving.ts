import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers as L } from '@tensorflow/tfjs-layers';
import type { Backend } from '../backend.ts';

/**
 * Every second position, as the maximum of itself and its two successors: `[batch, ⌈length / 2⌉, channels]`; of ids or a mask
 * `[batch, length]`, whether there is a token. Beyond the end are zeros. Made of slices, as not every backend has the gradient
 * of a pooling.
 */
export function halving(backend: Backend): L.Layer {
  const { tf, layers } = backend;

  class Halving extends layers.layers.Layer {
    static get className(): string {
      return 'Halving';
    }

    override computeOutputShape([batch = null, length = null, ...channels]: (number | null)[]): (number | null)[] {
      return [batch, length === null ? null : Math.ceil(length / 2), ...channels];
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const [values] = Array.isArray(inputs) ? inputs : [inputs];
        if (values === undefined) throw new Error('Halving: called without values');
        const isMask = values.shape.length === 2;
        const given = isMask ? tf.expandDims(tf.cast(tf.notEqual(values, 0), 'float32'), -1) : values;
        const [batch = 0, length = 0, channels = 0] = given.shape;
        const half = Math.ceil(length / 2);
        const even = tf.pad(given, [
          [0, 0],
          [0, 2 * half - length],
          [0, 0],
        ]);
        const pairs = tf.reshape(even, [batch, half, 2 * channels]);
        const first = tf.slice(pairs, [0, 0, 0], [batch, half, channels]);
        const second = tf.slice(pairs, [0, 0, channels], [batch, half, channels]);
        const third = tf.concat(
          [
            tf.slice(first, [0, 1, 0], [batch, half - 1, channels]),
            tf.zerosLike(tf.slice(first, [0, 0, 0], [batch, 1, channels])),
          ],
          1,
        );
        const highest = tf.maximum(tf.maximum(first, second), third);
        return isMask ? tf.squeeze(highest, [2]) : highest;
      });
    }
  }

  return new Halving({});
}
