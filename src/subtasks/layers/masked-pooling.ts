import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers as L } from '@tensorflow/tfjs-layers';
import type { Backend } from '../backend.ts';
import { tokenMask, valuesAndIds } from './token-mask.ts';

/** Lower than any value of a network, and still far from float32's infinity. */
const LOWEST = -1e9;

/**
 * What a pooling sees: `values` `[batch, positions, channels]` and the mask of tokens `[batch, length]`; gives
 * `[batch, channels]`.
 */
type Pool = (values: Tensor, mask: Tensor) => Tensor;

/** A layer over `[values, ids]`, which reduces the positions to one. */
function poolingLayer(backend: Backend, pool: Pool): L.Layer {
  const { tf, layers } = backend;

  class MaskedPooling extends layers.layers.Layer {
    static get className(): string {
      return 'MaskedPooling';
    }

    override computeOutputShape(shapes: (number | null)[] | (number | null)[][]): (number | null)[] {
      const [values] = shapes;
      if (!Array.isArray(values)) throw new Error('MaskedPooling: takes two inputs, values and ids');
      return [values[0] ?? null, values[2] ?? null];
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const [values, ids] = valuesAndIds(inputs);
        return pool(values, tokenMask(backend, ids));
      });
    }
  }

  return new MaskedPooling({});
}

/**
 * The maximum over those windows of a convolution that lie within the document; of a document shorter than a window, the
 * one window that holds it all. The values must not be negative (behind a ReLU): a masked window counts as 0.
 */
export function windowMaximum(backend: Backend, width: number): L.Layer {
  const { tf } = backend;
  return poolingLayer(backend, (values, mask) => {
    const [batch = 0, length = 0] = mask.shape;
    // A window lies within the document if its last token does; the first window always counts.
    const later = tf.slice(mask, [0, width], [batch, length - width]);
    const windows = tf.concat([tf.ones([batch, 1]), later], 1);
    return tf.max(tf.mul(values, tf.expandDims(windows, -1)), 1);
  });
}

/** The mean over the tokens of a document; zeros if it has none. Padding must be zeros already. */
export function tokenMean(backend: Backend): L.Layer {
  const { tf } = backend;
  return poolingLayer(backend, (values, mask) => {
    const tokens = tf.maximum(tf.sum(mask, 1, true), 1);
    return tf.div(tf.sum(values, 1), tokens);
  });
}

/** The maximum over the tokens of a document; zeros if it has none. */
export function tokenMaximum(backend: Backend): L.Layer {
  const { tf } = backend;
  return poolingLayer(backend, (values, mask) => {
    const lowered = tf.add(values, tf.expandDims(tf.mul(tf.sub(1, mask), LOWEST), -1));
    const any = tf.minimum(tf.sum(mask, 1, true), 1);
    return tf.mul(tf.max(lowered, 1), any);
  });
}
