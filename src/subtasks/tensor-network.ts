import { LockstepError } from '../errors.ts';
import { UNKNOWN } from '../language/vocabulary.ts';
import { type Backend, type EngineBackend, loadBackend, type TensorPreference } from './backend.ts';
import { buildNetwork, type NamedWeights, type Network } from './network.ts';
import { minLengthOf, type NetworkConfig } from './network-config.ts';
import type { PackedIds } from './pack-ids.ts';

/** What {@link TensorNetwork.load} is made of. */
interface TensorNetworkOptions {
  readonly config: NetworkConfig;
  readonly weights: NamedWeights;
  readonly prefer: TensorPreference;
  /** Why tensors are needed, if that is worth saying. @default nothing */
  readonly notes?: readonly string[];
}

/** Trained lanes as models of a tensor library: the reference that compiled lanes are held against. */
export class TensorNetwork {
  readonly #backend: Backend;
  readonly #network: Network;
  readonly notes: readonly string[];

  /** @throws LockstepError as {@link loadBackend}, {@link buildNetwork} and {@link Network.setWeights} do. */
  static async load({ config, weights, prefer, notes = [] }: TensorNetworkOptions): Promise<TensorNetwork> {
    const backend = await loadBackend({ prefer });
    const network = buildNetwork(backend, config);
    try {
      network.setWeights(weights);
    } catch (error) {
      network.dispose();
      throw error;
    }
    const loaded = new TensorNetwork(backend, network, [...notes, ...backend.notes]);
    loaded.#warmUp(config);
    return loaded;
  }

  private constructor(backend: Backend, network: Network, notes: readonly string[]) {
    this.#backend = backend;
    this.#network = network;
    this.notes = notes;
  }

  get backend(): EngineBackend {
    return this.#backend.name;
  }

  /**
   * Probabilities of a batch in a lane, `rows × labels`.
   *
   * @throws LockstepError `INVALID_ARGUMENT` if there is no such lane.
   */
  score(lane: string, { data, rows, columns }: PackedIds): Float32Array {
    const model = this.#network.lanes.get(lane);
    if (model === undefined) throw new LockstepError('INVALID_ARGUMENT', `There is no lane called "${lane}"`);
    const { tf } = this.#backend;
    return tf.tidy(() => {
      const output = model.predictOnBatch(tf.tensor2d(data, [rows, columns], 'int32'));
      if (Array.isArray(output)) throw new Error('a lane must have one output');
      return Float32Array.from(output.dataSync());
    });
  }

  close(): void {
    this.#network.dispose();
  }

  /** The first run of an operation costs tens of times as much as the next: better now than when documents wait. */
  #warmUp(config: NetworkConfig): void {
    const columns = minLengthOf(config);
    const ids = { data: new Int32Array(columns).fill(UNKNOWN), rows: 1, columns };
    for (const { name } of config.lanes) this.score(name, ids);
  }
}
