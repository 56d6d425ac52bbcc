import { checkCount, invalidArgument } from '../errors.ts';
import { checkBoolean, checkLanes, checkRate, type LaneConfig, type NetworkLane } from './lane-config.ts';

/** Everything that {@link buildNetwork} needs to know: with the weights, a complete network. Plain JSON. */
export interface NetworkConfig {
  /** Ids are below this; 0 is padding. */
  readonly vocabularySize: number;
  readonly embedding: {
    readonly dimensions: number;
    /** Share of the embeddings' components that training leaves out. @default 0 */
    readonly dropout?: number;
    /** Whether all lanes share one embedding, or each learns its own. */
    readonly shared: boolean;
  };
  /** In tokens; what is longer is cut off. */
  readonly maxLength: number;
  readonly lanes: readonly NetworkLane[];
  /** The same seed gives the same initial weights and dropout, on every backend. @default 0 */
  readonly seed?: number;
}

/**
 * The fewest columns that packed ids must have: the widest filter of the network.
 */
export function minLengthOf({ lanes }: Pick<NetworkConfig, 'lanes'>): number {
  return Math.max(1, ...lanes.flatMap((lane) => (lane.kind === 'cnn' ? lane.widths : [])));
}

/** @throws LockstepError `INVALID_ARGUMENT`, naming the field, if a network cannot be built of `config`. */
export function checkNetworkConfig(config: NetworkConfig): void {
  if (typeof config !== 'object' || config === null) throw invalidArgument('config', 'an object', config);
  const { vocabularySize, embedding, maxLength, lanes, seed = 0 } = config;
  checkCount('vocabularySize', vocabularySize, { min: 2 });
  checkCount('maxLength', maxLength);
  if (!Number.isSafeInteger(seed)) throw invalidArgument('seed', 'an integer', seed);
  if (typeof embedding !== 'object' || embedding === null) throw invalidArgument('embedding', 'an object', embedding);
  checkCount('embedding.dimensions', embedding.dimensions);
  checkRate('embedding.dropout', embedding.dropout);
  checkBoolean('embedding.shared', embedding.shared);
  checkLanes(lanes, maxLength);
  const other: LaneConfig | undefined = lanes.find(({ kind }: LaneConfig) => kind === 'ngrams');
  if (other !== undefined) throw invalidArgument('lanes', 'lanes over the ids of tokens', other.name);
}
