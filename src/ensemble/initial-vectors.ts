import type { Vocabulary } from '../language/vocabulary.ts';
import type { NamedWeights } from '../subtasks/network.ts';
import { seededNormal } from '../subtasks/random.ts';
import type { Vectors } from './vectors.ts';

/**
 * The weights with every embedding begun from pretrained vectors. A token without one begins at random, as far from the
 * origin as those with one: beside large vectors a small one would be as good as absent.
 */
export function withVectors(
  weights: NamedWeights,
  vectors: Vectors,
  vocabulary: Vocabulary,
  seed: number,
): NamedWeights {
  const { dimensions, byToken } = vectors;
  const spread = spreadOf(vectors);
  return new Map(
    [...weights].map(([name, weight]) => {
      if (name !== 'embedding' && !name.endsWith('/embedding')) return [name, weight];
      const normal = seededNormal(`${seed}/${name}/vectors`);
      const data = new Float32Array(weight.data.length); // row 0, the padding, stays zero
      for (let id = 1; id < vocabulary.size; id++) {
        const vector = byToken.get(vocabulary.token(id) ?? '');
        data.set(vector ?? Float32Array.from({ length: dimensions }, () => normal() * spread), id * dimensions);
      }
      return [name, { shape: weight.shape, data }];
    }),
  );
}

/** The root mean square of the vectors' components. */
function spreadOf({ byToken, dimensions }: Vectors): number {
  let sum = 0;
  for (const vector of byToken.values()) for (const value of vector) sum += value * value;
  return Math.sqrt(sum / Math.max(byToken.size * dimensions, 1));
}
