import { checkCount, invalidArgument } from '../errors.ts';
import { checkNgramFeatures, type NgramFeatures } from './ngrams/ngram-features.ts';

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
}

interface NetworkLaneCommon extends LaneCommon {
  /** Share of the features that training leaves out before the last layer. @default 0 */
  readonly dropout?: number;
}

/** Convolutions of several widths side by side, each followed by the maximum over the document (Kim 2014). */
export interface CnnConfig extends NetworkLaneCommon {
  readonly kind: 'cnn';
  /** In tokens, each different. */
  readonly widths: readonly number[];
  /** How many filters of each width. */
  readonly filters: number;
}

/** A recurrence over the document, whose states are classified. */
export interface RnnConfig extends NetworkLaneCommon {
  readonly kind: 'rnn';
  readonly cell: 'lstm' | 'gru';
  /** Size of the state, in each direction. */
  readonly units: number;
  /** Whether a second recurrence reads from the end. @default false */
  readonly bidirectional?: boolean;
  /** What is classified: the state after the last token, or the maximum and the mean of those after every token. @default 'last' */
  readonly pooling?: 'last' | 'max-mean';
}

/** The mean or maximum of the embeddings, then dense layers. */
export interface FcnConfig extends NetworkLaneCommon {
  readonly kind: 'fcn';
  /** Sizes of the layers between pooling and output; may be empty. */
  readonly hidden: readonly number[];
  readonly pooling: 'mean' | 'max';
}

/** Blocks of convolutions, each over half the positions of the one before (deep pyramid CNN, Johnson and Zhang 2017). */
export interface DpcnnConfig extends NetworkLaneCommon {
  readonly kind: 'dpcnn';
  /** How many filters every convolution has. */
  readonly filters: number;
  /** How many blocks of two convolutions of width 3. */
  readonly blocks: number;
}

/** Means of the embeddings in which each token counts as much as the lane has learned (additive attention, Bahdanau 2015). */
export interface AttentionConfig extends NetworkLaneCommon {
  readonly kind: 'attention';
  /** How many means. */
  readonly heads: number;
  /** Size of the layer that judges the tokens. */
  readonly units: number;
}

/** A lane that is a network over the ids of tokens. */
export type NetworkLane = CnnConfig | DpcnnConfig | RnnConfig | FcnConfig | AttentionConfig;

/** Linear classifiers over the n-grams of the text, one a label against the rest. */
export interface NgramsConfig extends LaneCommon {
  readonly kind: 'ngrams';
  readonly features: NgramFeatures;
  /**
   * Whether an n-gram is trusted sooner the more often it stands with the label than with the others (Wang and Manning 2012).
   * @default 'naive-bayes'
   */
  readonly weighting?: 'naive-bayes' | 'none';
  /** An n-gram must be in so many texts. @default 1 */
  readonly minCount?: number;
  /** What a mistake costs in training, against the size of the weights. @default 1 */
  readonly cost?: number;
  /** At most so many n-grams are kept for a label: 1.8 to 3.4 bytes each, by precision and bits of the hashes. @default 100,000 */
  readonly size?: number;
}

export type LaneConfig = NgramsConfig | NetworkLane;

/** @throws LockstepError `INVALID_ARGUMENT`, naming the field, if a lane is none, or two have the same name. */
export function checkLanes(lanes: readonly LaneConfig[], maxLength: number): void {
  if (!Array.isArray(lanes)) throw invalidArgument('lanes', 'an array', lanes);
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
  if (lane.kind !== 'ngrams') checkRate(`${at}.dropout`, lane.dropout);
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
    case 'dpcnn':
      checkCount(`${at}.filters`, lane.filters);
      checkCount(`${at}.blocks`, lane.blocks);
      return;
    case 'rnn':
      if (lane.cell !== 'lstm' && lane.cell !== 'gru')
        throw invalidArgument(`${at}.cell`, "'lstm' or 'gru'", lane.cell);
      checkCount(`${at}.units`, lane.units);
      if (lane.bidirectional !== undefined) checkBoolean(`${at}.bidirectional`, lane.bidirectional);
      if (lane.pooling !== undefined && lane.pooling !== 'last' && lane.pooling !== 'max-mean')
        throw invalidArgument(`${at}.pooling`, "'last' or 'max-mean'", lane.pooling);
      return;
    case 'fcn':
      if (!Array.isArray(lane.hidden)) throw invalidArgument(`${at}.hidden`, 'an array of layer sizes', lane.hidden);
      for (const [index, size] of lane.hidden.entries()) checkCount(`${at}.hidden[${index}]`, size);
      if (lane.pooling !== 'mean' && lane.pooling !== 'max')
        throw invalidArgument(`${at}.pooling`, "'mean' or 'max'", lane.pooling);
      return;
    case 'attention':
      checkCount(`${at}.heads`, lane.heads);
      checkCount(`${at}.units`, lane.units);
      return;
    case 'ngrams':
      checkNgrams(at, lane);
      return;
    default: {
      const { kind }: { readonly kind: unknown } = lane;
      throw invalidArgument(`${at}.kind`, "'cnn', 'dpcnn', 'rnn', 'fcn', 'attention' or 'ngrams'", kind);
    }
  }
}

function checkNgrams(at: string, { features, weighting, minCount, cost, size }: NgramsConfig): void {
  checkNgramFeatures(`${at}.features`, features);
  if (weighting !== undefined && weighting !== 'naive-bayes' && weighting !== 'none')
    throw invalidArgument(`${at}.weighting`, "'naive-bayes' or 'none'", weighting);
  if (minCount !== undefined) checkCount(`${at}.minCount`, minCount);
  if (size !== undefined) checkCount(`${at}.size`, size);
  if (cost !== undefined && !(cost > 0 && cost < Number.POSITIVE_INFINITY))
    throw invalidArgument(`${at}.cost`, 'a finite number above 0', cost);
}

function isListOf<T>(value: readonly T[], holds: (item: T) => boolean): boolean {
  return Array.isArray(value) && value.every(holds) && new Set(value).size === value.length;
}

function isLabel(value: string): boolean {
  return typeof value === 'string' && value !== '';
}

export function checkBoolean(name: string, value: boolean): void {
  if (typeof value !== 'boolean') throw invalidArgument(name, 'true or false', value);
}

export function checkRate(name: string, value: number | undefined): void {
  if (value !== undefined && !(value >= 0 && value < 1)) throw invalidArgument(name, 'at least 0 and below 1', value);
}
