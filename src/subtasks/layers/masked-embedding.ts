import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers as L } from '@tensorflow/tfjs-layers';
import type { Backend } from '../backend.ts';
import { tokenMask } from './token-mask.ts';

/**
 * Looks ids `[batch, length]` up in a table, `[batch, length, dimensions]`. Padding is all zeros and stays so: no gradient
 * reaches row 0.
 */
export function maskedEmbedding(
  backend: Backend,
  options: { readonly vocabularySize: number; readonly dimensions: number },
): L.Layer {
  const { tf, layers } = backend;
  const { vocabularySize, dimensions } = options;

  class MaskedEmbedding extends layers.layers.Layer {
    static get className(): string {
      return 'MaskedEmbedding';
    }

    override build(): void {
      this.addWeight('table', [vocabularySize, dimensions], 'float32', layers.initializers.zeros());
      this.built = true;
    }

    override computeOutputShape(shape: (number | null)[]): (number | null)[] {
      return [...shape, dimensions];
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const [ids] = Array.isArray(inputs) ? inputs : [inputs];
        const [table] = this.weights;
        if (ids === undefined || table === undefined) throw new Error('MaskedEmbedding: called without ids');
        return tf.mul(tf.gather(table.read(), tf.cast(ids, 'int32')), tf.expandDims(tokenMask(backend, ids), -1));
      });
    }
  }

  return new MaskedEmbedding({});
}
