import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers as L } from '@tensorflow/tfjs-layers';
import type { Backend } from '../backend.ts';
import { seededRandom } from '../random.ts';

/**
 * Leaves out a share `rate` of the values in training and scales the others up. Of one seed come different masks batch by
 * batch but the same masks run by run; tfjs' own layer, given a seed, repeats one mask for ever.
 */
export function seededDropout(backend: Backend, options: { readonly rate: number; readonly seed: string }): L.Layer {
  const { tf, layers } = backend;
  const { rate, seed } = options;
  const random = seededRandom(seed);
  const kept = 1 / (1 - rate);

  class SeededDropout extends layers.layers.Layer {
    static get className(): string {
      return 'SeededDropout';
    }

    override computeOutputShape(shape: (number | null)[]): (number | null)[] {
      return shape;
    }

    override call(inputs: Tensor | Tensor[], { training }: Record<string, unknown>): Tensor {
      const [values] = Array.isArray(inputs) ? inputs : [inputs];
      if (values === undefined) throw new Error('SeededDropout: called without values');
      if (training !== true || rate === 0) return values;
      return tf.tidy(() => {
        const mask = new Float32Array(values.size).map(() => (random() < rate ? 0 : kept));
        return tf.mul(values, tf.tensor(mask, values.shape));
      });
    }
  }

  return new SeededDropout({});
}
