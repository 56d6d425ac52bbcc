import type { Vocabulary } from '../language/vocabulary.ts';
import type { NamedWeights } from '../subtasks/network.ts';
import { seededNormal } from '../subtasks/random.ts';
import type { Vectors } from './vectors.ts';

/** Characters that mean something by themselves; letters do not. */
const IDEOGRAPHS = /^\p{Script=Han}+$/u;

/**
 * The weights with every embedding begun from pretrained vectors. A token without one begins as the mean of its characters, if each
 * has one: a Chinese word. Any other begins at random, as far from the origin as those with one: beside large vectors a small one
 * would be as good as absent.
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
        const token = vocabulary.token(id) ?? '';
        const vector = byToken.get(token) ?? meanOf(token, vectors);
        data.set(vector ?? Float32Array.from({ length: dimensions }, () => normal() * spread), id * dimensions);
      }
      return [name, { shape: weight.shape, data }];
    }),
  );
}

/** The mean of the vectors of a token's ideographs, if that is what it is made of, and each has one. */
function meanOf(token: string, { byToken, dimensions }: Vectors): Float32Array | undefined {
  if (!IDEOGRAPHS.test(token)) return undefined;
  const parts = Array.from(token, (character) => byToken.get(character));
  const mean = new Float32Array(dimensions);
  for (const part of parts) {
    if (part === undefined) return undefined;
    for (let i = 0; i < dimensions; i++) mean[i] = (mean[i] ?? 0) + (part[i] ?? 0) / parts.length;
  }
  return mean;
}

/** The root mean square of the vectors' components. */
function spreadOf({ byToken, dimensions }: Vectors): number {
  let sum = 0;
  for (const vector of byToken.values()) for (const value of vector) sum += value * value;
  return Math.sqrt(sum / Math.max(byToken.size * dimensions, 1));
}
