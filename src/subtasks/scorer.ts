import { LockstepError } from '../errors.ts';
import { UNKNOWN } from '../language/vocabulary.ts';
import { type Backend, type BackendPreference, loadBackend } from './backend.ts';
import { buildNetwork, type NamedWeights, type Network } from './network.ts';
import { minLengthOf, type NetworkConfig } from './network-config.ts';
import type { PackedIds } from './pack-ids.ts';

/** What it takes to bring trained lanes to life, in this thread or another. */
export interface ModelOptions {
  readonly config: NetworkConfig;
  readonly weights: NamedWeights;
  /** @default the environment variable `LOCKSTEP_BACKEND`, else `'auto'` */
  readonly prefer?: BackendPreference | undefined;
}

/** Trained lanes in the thread in which this is: blocks while it scores. */
export class Scorer {
  readonly backend: Backend;
  readonly #network: Network;

  /**
   * @throws LockstepError as {@link loadBackend}, {@link buildNetwork} and {@link Network.setWeights} do.
   */
  static async load({ config, weights, prefer }: ModelOptions): Promise<Scorer> {
    const backend = await loadBackend({ prefer });
    const network = buildNetwork(backend, config);
    try {
      network.setWeights(weights);
    } catch (error) {
      network.dispose();
      throw error;
    }
    const scorer = new Scorer(backend, network);
    scorer.#warmUp(config);
    return scorer;
  }

  private constructor(backend: Backend, network: Network) {
    this.backend = backend;
    this.#network = network;
  }

  /**
   * Probabilities, `rows × labels` of the lane.
   *
   * @throws LockstepError `INVALID_ARGUMENT` if there is no such lane.
   */
  score(lane: string, { data, rows, columns }: PackedIds): Float32Array {
    const model = this.#network.lanes.get(lane);
    if (model === undefined) throw new LockstepError('INVALID_ARGUMENT', `There is no lane called "${lane}"`);
    const { tf } = this.backend;
    return tf.tidy(() => {
      const output = model.predictOnBatch(tf.tensor2d(data, [rows, columns], 'int32'));
      if (Array.isArray(output)) throw new Error('a lane must have one output');
      return Float32Array.from(output.dataSync());
    });
  }

  /** The first run of an operation costs tens of times as much as the next: better now than when documents wait. */
  #warmUp(config: NetworkConfig): void {
    const columns = minLengthOf(config);
    const ids = { data: new Int32Array(columns).fill(UNKNOWN), rows: 1, columns };
    for (const { name } of config.lanes) this.score(name, ids);
  }

  close(): void {
    this.#network.dispose();
  }
}
