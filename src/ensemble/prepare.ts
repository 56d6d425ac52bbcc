import { invalidArgument } from '../errors.ts';
import type { TokenizerConfig } from '../language/tokenizer.ts';
import { tokenizerFrom } from '../language/tokenizers.ts';
import { UNKNOWN, Vocabulary } from '../language/vocabulary.ts';
import { checkLanes, type LaneConfig, type NetworkLane, type NgramsConfig } from '../subtasks/lane-config.ts';
import { checkNetworkConfig, type NetworkConfig } from '../subtasks/network-config.ts';
import { type Example, examplesOf, tokensOf } from './examples.ts';
import { type Preset, presetOf } from './presets.ts';
import type { Row } from './rows.ts';
import { checkClasses, labelsOf, type Split, stratifiedSplit } from './split.ts';
import type { TrainOptions } from './train-options.ts';
import { readVectors, type Vectors } from './vectors.ts';
import { withoutTwins } from './without-twins.ts';

/** All that is settled before the first weight is learned. */
export interface Preparation {
  readonly labels: readonly string[];
  readonly tokenizer: TokenizerConfig;
  readonly vocabulary: Vocabulary;
  readonly vectors: Vectors | undefined;
  readonly ngrams: readonly NgramsConfig[];
  readonly network: NetworkConfig;
  /** What is learned from while some rows are held back. */
  readonly training: readonly Example[];
  readonly heldBack: readonly Example[];
  /** All that may be learned from in the end: rows that `train` itself held back are among them. */
  readonly all: readonly Example[];
}

const MIN_COUNT = 2;
const DIMENSIONS = 64;
const LONGEST = 256;
/** Share of the training texts that are read whole, unless `maxLength` says otherwise. */
const READ_WHOLE = 0.99;

/**
 * Splits the rows, builds the vocabulary of the training part, reads the vectors and lays out the network.
 *
 * @throws LockstepError as `train` does.
 */
export async function prepare(rows: readonly Row[], options: TrainOptions, seed: number): Promise<Preparation> {
  const labels = options.labels ?? labelsOf(rows);
  const split = splitOf(rows, labels, options.validation ?? 0.1, seed);
  const extra = (options.extra ?? []).filter(({ label }) => labels.includes(label));
  const learned = [...split.training, ...withoutTwins(extra, split.heldBack)];
  const preset = presetOf(options.preset, split.training);
  const { ngrams, networks } = lanesFor(options, preset, labels);
  const tokenizer = options.tokenizer ?? preset.tokenizer;
  const cut = await tokenizerFrom(tokenizer);
  const tokens = networks.length === 0 ? learned.map(() => []) : tokensOf(learned, cut);
  const vocabulary = Vocabulary.build(tokens, {
    size: preset.vocabularySize,
    minCount: MIN_COUNT,
    ...options.vocabulary,
  });
  const training = examplesOf(learned, tokens, vocabulary, labels);
  const heldBack = examplesOf(split.heldBack, tokensOf(split.heldBack, cut), vocabulary, labels);
  const vectors = options.vectors === undefined ? undefined : await vectorsFor(options.vectors, vocabulary);
  const network = networkFor(options, { networks, preset, seed, vocabulary, vectors, training });
  checkLanes([...ngrams, ...networks], network.maxLength);
  const all = Array.isArray(options.validation)
    ? training // rows that the caller holds back are never learned from
    : examplesOf([...split.training, ...split.heldBack, ...extra], [], vocabulary, labels);
  return { labels, tokenizer, vocabulary, vectors, ngrams, network, training, heldBack, all };
}

/** The lanes of a task, those over n-grams apart from those that are networks. */
function lanesFor(
  { lanes }: TrainOptions,
  preset: Preset,
  labels: readonly string[],
): { readonly ngrams: readonly NgramsConfig[]; readonly networks: readonly NetworkLane[] } {
  const all = lanes ?? preset.lanes(labels);
  if (!Array.isArray(all) || all.length === 0) throw invalidArgument('lanes', 'an array of at least one lane', all);
  checkLaneLabels(all, labels);
  const ngrams: NgramsConfig[] = [];
  const networks: NetworkLane[] = [];
  for (const lane of all)
    if (lane.kind === 'ngrams') ngrams.push(lane);
    else networks.push(lane);
  return { ngrams, networks };
}

function splitOf(
  given: readonly Row[],
  labels: readonly string[],
  validation: number | readonly Row[],
  seed: number,
): Split {
  const known = (rows: readonly Row[]) => rows.filter(({ label }) => labels.includes(label));
  const rows = known(given);
  checkClasses(rows, labels);
  if (typeof validation === 'number') return stratifiedSplit(rows, validation, seed);
  const heldBack = known(validation);
  if (heldBack.length === 0) throw invalidArgument('validation', 'rows of the labels', validation);
  return { training: rows, heldBack };
}

function vectorsFor(input: string | URL, vocabulary: Vocabulary): Promise<Vectors> {
  return readVectors(input, { has: (token) => vocabulary.id(token) !== UNKNOWN });
}

function networkFor(
  { embedding = {}, maxLength }: TrainOptions,
  {
    networks,
    preset,
    seed,
    vocabulary,
    vectors,
    training,
  }: Pick<Preparation, 'vocabulary' | 'vectors' | 'training'> & {
    readonly networks: readonly NetworkLane[];
    readonly preset: Preset;
    readonly seed: number;
  },
): NetworkConfig {
  const {
    dimensions = vectors?.dimensions ?? DIMENSIONS,
    dropout = preset.embeddingDropout,
    shared = true,
  } = embedding;
  if (vectors && vectors.dimensions !== dimensions)
    throw invalidArgument('embedding.dimensions', `that of the vectors, ${vectors.dimensions}`, dimensions);
  const network: NetworkConfig = {
    vocabularySize: vocabulary.size,
    embedding: { dimensions, dropout, shared },
    maxLength: maxLength ?? usualLength(training),
    lanes: networks,
    seed,
  };
  checkNetworkConfig(network);
  return network;
}

function usualLength(examples: readonly Example[]): number {
  const lengths = examples.map(({ ids }) => ids.length).sort((a, b) => a - b);
  const usual = lengths[Math.floor(lengths.length * READ_WHOLE)] ?? 1;
  return Math.min(Math.max(usual, 8), LONGEST);
}

function checkLaneLabels(lanes: readonly LaneConfig[], labels: readonly string[]): void {
  for (const lane of lanes)
    for (const label of lane?.labels ?? [])
      if (!labels.includes(label))
        throw invalidArgument(`lanes.${lane.name}`, `over labels of [${labels.join(', ')}]`, label);
  const heard = new Set(lanes.flatMap((lane) => lane?.labels ?? []));
  const unheard = labels.filter((label) => !heard.has(label));
  if (unheard.length > 0)
    throw invalidArgument('lanes', 'such that each label has a lane', `none for ${unheard.join(', ')}`);
}
