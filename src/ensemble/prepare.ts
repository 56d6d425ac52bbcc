import { invalidArgument } from '../errors.ts';
import { scriptOf } from '../language/script.ts';
import type { TokenizerConfig } from '../language/tokenizer.ts';
import { tokenizerFrom } from '../language/tokenizers.ts';
import { UNKNOWN, Vocabulary } from '../language/vocabulary.ts';
import { checkNetworkConfig, type NetworkConfig } from '../subtasks/network-config.ts';
import { type Example, examplesOf, tokensOf } from './examples.ts';
import { lanesOf } from './lane-presets.ts';
import type { Row } from './rows.ts';
import { checkClasses, labelsOf, type Split, stratifiedSplit } from './split.ts';
import type { TrainOptions } from './train-options.ts';
import { readVectors, type Vectors } from './vectors.ts';

/** All that is settled before the first weight is learned. */
export interface Preparation {
  readonly labels: readonly string[];
  readonly tokenizer: TokenizerConfig;
  readonly vocabulary: Vocabulary;
  readonly vectors: Vectors | undefined;
  readonly network: NetworkConfig;
  readonly training: readonly Example[];
  readonly heldBack: readonly Example[];
}

const VOCABULARY_SIZE = 20_000;
const MIN_COUNT = 2;
const DIMENSIONS = 64;
const EMBEDDING_DROPOUT = 0.3;
const LONGEST = 256;
/** Share of the training texts that are read whole, unless `maxLength` says otherwise. */
const READ_WHOLE = 0.99;
/** So many texts tell which script is written. */
const SAMPLE = 200;

/**
 * Splits the rows, builds the vocabulary of the training part, reads the vectors and lays out the network.
 *
 * @throws LockstepError as `train` does.
 */
export async function prepare(rows: readonly Row[], options: TrainOptions, seed: number): Promise<Preparation> {
  const labels = options.labels ?? labelsOf(rows);
  const split = splitOf(rows, labels, options.validation ?? 0.1, seed);
  const tokenizer = options.tokenizer ?? tokenizerFor(split.training);
  const cut = await tokenizerFrom(tokenizer);
  const tokens = tokensOf(split.training, cut);
  const vocabulary = Vocabulary.build(tokens, { size: VOCABULARY_SIZE, minCount: MIN_COUNT, ...options.vocabulary });
  const training = examplesOf(split.training, tokens, vocabulary, labels);
  const heldBack = examplesOf(split.heldBack, tokensOf(split.heldBack, cut), vocabulary, labels);
  const vectors = options.vectors === undefined ? undefined : await vectorsFor(options.vectors, vocabulary);
  const network = networkFor(options, { labels, seed, vocabulary, vectors, training });
  return { labels, tokenizer, vocabulary, vectors, network, training, heldBack };
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

function tokenizerFor(rows: readonly Row[]): TokenizerConfig {
  const texts = rows.slice(0, SAMPLE).map(({ text }) => text);
  return { kind: scriptOf(texts.join(' ')) === 'han' ? 'characters' : 'words', lowercase: true };
}

function vectorsFor(input: string | URL, vocabulary: Vocabulary): Promise<Vectors> {
  return readVectors(input, { has: (token) => vocabulary.id(token) !== UNKNOWN });
}

function networkFor(
  { embedding = {}, lanes = 'group', maxLength }: TrainOptions,
  {
    labels,
    seed,
    vocabulary,
    vectors,
    training,
  }: Pick<Preparation, 'labels' | 'vocabulary' | 'vectors' | 'training'> & { readonly seed: number },
): NetworkConfig {
  const { dimensions = vectors?.dimensions ?? DIMENSIONS, dropout = EMBEDDING_DROPOUT, shared = true } = embedding;
  if (vectors && vectors.dimensions !== dimensions)
    throw invalidArgument('embedding.dimensions', `that of the vectors, ${vectors.dimensions}`, dimensions);
  const network: NetworkConfig = {
    vocabularySize: vocabulary.size,
    embedding: { dimensions, dropout, shared },
    maxLength: maxLength ?? usualLength(training),
    lanes: typeof lanes === 'string' ? lanesOf(lanes, labels) : lanes,
    seed,
  };
  checkNetworkConfig(network);
  checkLaneLabels(network, labels);
  return network;
}

function usualLength(examples: readonly Example[]): number {
  const lengths = examples.map(({ ids }) => ids.length).sort((a, b) => a - b);
  const usual = lengths[Math.floor(lengths.length * READ_WHOLE)] ?? 1;
  return Math.min(Math.max(usual, 8), LONGEST);
}

function checkLaneLabels({ lanes }: NetworkConfig, labels: readonly string[]): void {
  for (const lane of lanes)
    for (const label of lane.labels)
      if (!labels.includes(label))
        throw invalidArgument(`lanes.${lane.name}`, `over labels of [${labels.join(', ')}]`, label);
  const heard = new Set(lanes.flatMap((lane) => lane.labels));
  const unheard = labels.filter((label) => !heard.has(label));
  if (unheard.length > 0)
    throw invalidArgument('lanes', 'such that each label has a lane', `none for ${unheard.join(', ')}`);
}
