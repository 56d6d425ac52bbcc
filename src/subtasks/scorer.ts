import { CompiledNetwork } from '../compiled/compiled-network.ts';
import { LockstepError } from '../errors.ts';
import { type BackendPreference, checkPreference, type EngineBackend, preferredBackend } from './backend.ts';
import type { NamedWeights } from './network.ts';
import type { NetworkConfig } from './network-config.ts';
import { NgramScorer } from './ngrams/ngram-scorer.ts';
import { groupsOf, type NgramsLane } from './ngrams/ngram-table.ts';
import type { PackedIds } from './pack-ids.ts';
import { TensorNetwork } from './tensor-network.ts';
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

/** Lanes that are networks, whatever computes them. */
interface NetworkScorer {
  readonly backend: EngineBackend;
  /** What the user may want to know, for instance why it is not another one. */
  readonly notes: readonly string[];
  score(lane: string, packed: PackedIds): Float32Array;
  close(): void;
}

/** Trained lanes in the thread in which this is: blocks while it scores. */
export class Scorer {
  readonly #networks: NetworkScorer | undefined;
  readonly #groups: readonly NgramScorer[];

  /**
   * Lanes that are networks are compiled; a tensor library is loaded only where that was asked for or they cannot be.
   *
   * @throws LockstepError as {@link CompiledNetwork} or `TensorNetwork.load` do.
   */
  static async load({ ngrams = [], ...options }: ModelOptions): Promise<Scorer> {
    const groups = groupsOf(ngrams).map((lanes) => new NgramScorer(lanes));
    return new Scorer(options.config.lanes.length === 0 ? undefined : await loadNetworks(options), groups);
  }

  private constructor(networks: NetworkScorer | undefined, groups: readonly NgramScorer[]) {
    this.#networks = networks;
    this.#groups = groups;
  }

  /** What computes. */
  get backend(): EngineBackend {
    return this.#networks?.backend ?? 'none';
  }

  get notes(): readonly string[] {
    return this.#networks?.notes ?? [];
  }

  /**
   * Probabilities, `rows × labels`, of the lane, or of each lane of the group.
   *
   * @throws LockstepError `INVALID_ARGUMENT` if there is no such lane or group.
   */
  score(task: ScoreTask): readonly Float32Array[] {
    if ('lane' in task) {
      if (!this.#networks) throw new LockstepError('INVALID_ARGUMENT', `There is no lane called "${task.lane}"`);
      return [this.#networks.score(task.lane, task.packed)];
    }
    const scorer = this.#groups[task.group];
    if (scorer === undefined) throw new LockstepError('INVALID_ARGUMENT', `There is no group ${task.group} of lanes`);
    return scorer.score(task.texts);
  }

  close(): void {
    this.#networks?.close();
  }
}

async function loadNetworks({ config, weights, prefer }: ModelOptions): Promise<NetworkScorer> {
  const asked = prefer === undefined ? preferredBackend() : checkPreference('prefer', prefer);
  if (asked !== 'auto' && asked !== 'compiled') return TensorNetwork.load({ config, weights, prefer: asked });
  try {
    return compiled(new CompiledNetwork(config, weights));
  } catch (error) {
    const unavailable = error instanceof LockstepError && error.code === 'BACKEND_UNAVAILABLE';
    if (asked === 'compiled' || !unavailable) throw error;
    return TensorNetwork.load({ config, weights, prefer: 'auto', notes: [error.message] });
  }
}

function compiled(network: CompiledNetwork): NetworkScorer {
  return { backend: 'compiled', notes: [], score: (lane, packed) => network.score(lane, packed), close() {} };
}
