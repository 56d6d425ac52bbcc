import type { layers as L, SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Backend } from './backend.ts';
import type { Initial } from './initial-weights.ts';

/** What a lane is built with. */
export interface LaneBuilder {
  readonly backend: Backend;
  /** Ids, `[batch, length]`. */
  readonly ids: SymbolicTensor;
  /** Their embeddings, `[batch, length, dimensions]`; padding is zeros. */
  readonly embedded: SymbolicTensor;
  /**
   * Applies a layer and takes its weights into the network.
   *
   * @param name How the names of its weights begin. tfjs' own names allow neither spaces nor most scripts, so the layer
   * itself has none of ours.
   * @param initial How each weight begins; those that are not named begin as zeros.
   */
  apply(
    name: string,
    layer: L.Layer,
    inputs: SymbolicTensor | SymbolicTensor[],
    initial?: Readonly<Record<string, Initial>>,
  ): SymbolicTensor;
}

/** Several tensors side by side; one is itself. */
export function sideBySide({ backend, apply }: LaneBuilder, parts: readonly SymbolicTensor[]): SymbolicTensor {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return apply('', backend.layers.layers.concatenate(), [...parts]);
}
