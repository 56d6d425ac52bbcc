import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers as L } from '@tensorflow/tfjs-layers';
import type { Backend } from '../backend.ts';
import { tokenMask, valuesAndIds } from './token-mask.ts';

/** Far below any score of a network: its exponential is 0. */
const LOWEST = -1e9;

/**
 * Means over the tokens of `[values, ids]`, `[batch, heads × depth]`: each head learns for itself how much every token counts, from
 * the token alone. Zeros for a document without tokens.
 */
export function attentionPooling(
  backend: Backend,
  options: { readonly heads: number; readonly units: number },
): L.Layer {
  const { tf, layers } = backend;
  const { heads, units } = options;

  class AttentionPooling extends layers.layers.Layer {
    static get className(): string {
      return 'AttentionPooling';
    }

    override build(shapes: (number | null)[] | (number | null)[][]): void {
      const zeros = layers.initializers.zeros();
      this.addWeight('kernel', [depthOf(shapes), units], 'float32', zeros);
      this.addWeight('bias', [units], 'float32', zeros);
      this.addWeight('queries', [units, heads], 'float32', zeros);
      this.built = true;
    }

    override computeOutputShape(shapes: (number | null)[] | (number | null)[][]): (number | null)[] {
      const [values] = shapes;
      return [Array.isArray(values) ? (values[0] ?? null) : null, heads * depthOf(shapes)];
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const [values, ids] = valuesAndIds(inputs);
        const [kernel, bias, queries] = this.weights.map((weight) => weight.read());
        if (kernel === undefined || bias === undefined || queries === undefined)
          throw new Error('AttentionPooling: called before it was built');
        const [batch = 0, length = 0, depth = 0] = values.shape;
        const keys = tf.tanh(tf.add(tf.matMul(tf.reshape(values, [batch * length, depth]), kernel), bias));
        const scores = tf.transpose(tf.reshape(tf.matMul(keys, queries), [batch, length, heads]), [0, 2, 1]);
        const hidden = tf.mul(tf.sub(1, tf.expandDims(tokenMask(backend, ids), 1)), LOWEST);
        // Where there is no token at all, all count the same, but padding is zeros.
        const shares = tf.softmax(tf.add(scores, hidden));
        return tf.reshape(tf.matMul(shares, values), [batch, heads * depth]);
      });
    }
  }

  return new AttentionPooling({});
}

function depthOf([values]: (number | null)[] | (number | null)[][]): number {
  const depth = Array.isArray(values) ? values[2] : undefined;
  if (typeof depth !== 'number') throw new Error('AttentionPooling: takes two inputs, values and ids');
  return depth;
}
