import { checkCount, invalidArgument } from '../errors.ts';

interface LaneCommon {
  /** Unique within the network; it names the lane and begins the names of its weights. */
  readonly name: string;
  /** One label: a one-vs-rest lane. Several: a lane over the group. */
  readonly labels: readonly string[];
  /**
   * Whether exactly one of several labels holds (softmax over the group) or each is judged by itself (a sigmoid each).
   *
   * @default true, with several labels; one label always has a sigmoid
   */
  readonly exclusive?: boolean;
  /** Share of the features that training leaves out before the last layer. @default 0 */
  readonly dropout?: number;
}

/** Convolutions of several widths side by side, each followed by the maximum over the document (Kim 2014). */
export interface CnnConfig extends LaneCommon {
  readonly kind: 'cnn';
  /** In tokens, each different. */
  readonly widths: readonly number[];
  /** How many filters of each width. */
  readonly filters: number;
}

/** A recurrence over the document; what it holds after the last token is classified. */
export interface RnnConfig extends LaneCommon {
  readonly kind: 'rnn';
  readonly cell: 'lstm' | 'gru';
  /** Size of the state, in each direction. */
  readonly units: number;
  /** Whether a second recurrence reads from the end. @default false */
  readonly bidirectional?: boolean;
}

/** The mean or maximum of the embeddings, then dense layers. */
export interface FcnConfig extends LaneCommon {
  readonly kind: 'fcn';
  /** Sizes of the layers between pooling and output; may be empty. */
  readonly hidden: readonly number[];
  readonly pooling: 'mean' | 'max';
}

export type LaneConfig = CnnConfig | RnnConfig | FcnConfig;

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
  readonly lanes: readonly LaneConfig[];
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
  if (!Array.isArray(lanes) || lanes.length === 0)
    throw invalidArgument('lanes', 'an array of at least one lane', lanes);
  for (const [index, lane] of lanes.entries()) checkLane(`lanes[${index}]`, lane, maxLength);
  const names = lanes.map(({ name }) => name);
  if (new Set(names).size < names.length) throw invalidArgument('lanes', 'lanes of different names', names.join(', '));
}

function checkLane(at: string, lane: LaneConfig, maxLength: number): void {
  if (typeof lane !== 'object' || lane === null) throw invalidArgument(at, 'an object', lane);
  const { name, labels, exclusive } = lane;
  if (typeof name !== 'string' || name === '') throw invalidArgument(`${at}.name`, 'a non-empty string', name);
  if (!isListOf(labels, isLabel) || labels.length === 0)
    throw invalidArgument(`${at}.labels`, 'a non-empty array of different, non-empty strings', labels);
  if (exclusive !== undefined) checkBoolean(`${at}.exclusive`, exclusive);
  if (exclusive === true && labels.length === 1)
    throw invalidArgument(`${at}.exclusive`, 'false or absent with a single label', exclusive);
  checkRate(`${at}.dropout`, lane.dropout);
  checkKind(at, lane, maxLength);
}

function checkKind(at: string, lane: LaneConfig, maxLength: number): void {
  switch (lane.kind) {
    case 'cnn': {
      const { widths } = lane;
      if (
        !isListOf(widths, (width) => Number.isSafeInteger(width) && width >= 1 && width <= maxLength) ||
        !widths.length
      )
        throw invalidArgument(`${at}.widths`, `different integers from 1 to maxLength (${maxLength})`, String(widths));
      checkCount(`${at}.filters`, lane.filters);
      return;
    }
    case 'rnn':
      if (lane.cell !== 'lstm' && lane.cell !== 'gru')
        throw invalidArgument(`${at}.cell`, "'lstm' or 'gru'", lane.cell);
      checkCount(`${at}.units`, lane.units);
      if (lane.bidirectional !== undefined) checkBoolean(`${at}.bidirectional`, lane.bidirectional);
      return;
    case 'fcn':
      if (!Array.isArray(lane.hidden)) throw invalidArgument(`${at}.hidden`, 'an array of layer sizes', lane.hidden);
      for (const [index, size] of lane.hidden.entries()) checkCount(`${at}.hidden[${index}]`, size);
      if (lane.pooling !== 'mean' && lane.pooling !== 'max')
        throw invalidArgument(`${at}.pooling`, "'mean' or 'max'", lane.pooling);
      return;
    default: {
      const { kind }: { readonly kind: unknown } = lane;
      throw invalidArgument(`${at}.kind`, "'cnn', 'rnn' or 'fcn'", kind);
    }
  }
}

function isListOf<T>(value: readonly T[], holds: (item: T) => boolean): boolean {
  return Array.isArray(value) && value.every(holds) && new Set(value).size === value.length;
}

function isLabel(value: string): boolean {
  return typeof value === 'string' && value !== '';
}

function checkBoolean(name: string, value: boolean): void {
  if (typeof value !== 'boolean') throw invalidArgument(name, 'true or false', value);
}

function checkRate(name: string, value: number | undefined): void {
  if (value !== undefined && !(value >= 0 && value < 1)) throw invalidArgument(name, 'at least 0 and below 1', value);
}
