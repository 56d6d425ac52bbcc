import { LockstepError } from '../errors.ts';
import { UNKNOWN } from '../language/vocabulary.ts';
import { type Backend, type BackendPreference, type EngineBackend, loadBackend } from './backend.ts';
import { buildNetwork, type NamedWeights, type Network } from './network.ts';
import { minLengthOf, type NetworkConfig } from './network-config.ts';
import { NgramScorer } from './ngrams/ngram-scorer.ts';
import { groupsOf, type NgramsLane } from './ngrams/ngram-table.ts';
import type { PackedIds } from './pack-ids.ts';
import type { ScoreTask } from './worker-messages.ts';

/** What it takes to bring trained lanes to life, in this thread or another. */
export interface ModelOptions {
  readonly config: NetworkConfig;
  readonly weights: NamedWeights;
  /** Lanes over n-grams beside those of the network. @default none */
  readonly ngrams?: readonly NgramsLane[];
  /** @default the environment variable `LOCKSTEP_BACKEND`, else `'auto'` */
  readonly prefer?: BackendPreference | undefined;
}

/** Trained lanes in the thread in which this is: blocks while it scores. */
export class Scorer {
  readonly #networks: { readonly backend: Backend; readonly network: Network } | undefined;
  readonly #groups: readonly NgramScorer[];

  /**
   * Without lanes that are networks no tensor library is loaded.
   *
   * @throws LockstepError as {@link loadBackend}, {@link buildNetwork} and {@link Network.setWeights} do.
   */
  static async load({ config, weights, ngrams = [], prefer }: ModelOptions): Promise<Scorer> {
    const groups = groupsOf(ngrams).map((lanes) => new NgramScorer(lanes));
    if (config.lanes.length === 0) return new Scorer(undefined, groups);
    const backend = await loadBackend({ prefer });
    const network = buildNetwork(backend, config);
    try {
      network.setWeights(weights);
    } catch (error) {
      network.dispose();
      throw error;
    }
    const scorer = new Scorer({ backend, network }, groups);
    scorer.#warmUp(config);
    return scorer;
  }

  private constructor(networks: { backend: Backend; network: Network } | undefined, groups: readonly NgramScorer[]) {
    this.#networks = networks;
    this.#groups = groups;
  }

  /** Which tensor backend computes. */
  get backend(): EngineBackend {
    return this.#networks?.backend.name ?? 'none';
  }

  get notes(): readonly string[] {
    return this.#networks?.backend.notes ?? [];
  }

  /**
   * Probabilities, `rows × labels`, of the lane, or of each lane of the group.
   *
   * @throws LockstepError `INVALID_ARGUMENT` if there is no such lane or group.
   */
  score(task: ScoreTask): readonly Float32Array[] {
    if ('lane' in task) return [this.#scoreIds(task.lane, task.packed)];
    const scorer = this.#groups[task.group];
    if (scorer === undefined) throw new LockstepError('INVALID_ARGUMENT', `There is no group ${task.group} of lanes`);
    return scorer.score(task.texts);
  }

  #scoreIds(lane: string, { data, rows, columns }: PackedIds): Float32Array {
    const model = this.#networks?.network.lanes.get(lane);
    if (this.#networks === undefined || model === undefined)
      throw new LockstepError('INVALID_ARGUMENT', `There is no lane called "${lane}"`);
    const { tf } = this.#networks.backend;
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
    for (const { name } of config.lanes) this.#scoreIds(name, ids);
  }

  close(): void {
    this.#networks?.network.dispose();
  }
}
