import { regrouped } from '../decompose/lanes-over.ts';
import { invalidArgument } from '../errors.ts';
import type { Tokenizer, TokenizerConfig } from '../language/tokenizer.ts';
import { tokenizerFrom } from '../language/tokenizers.ts';
import { Vocabulary } from '../language/vocabulary.ts';
import { checkLanes, type LaneConfig, type NetworkLane, type NgramsConfig } from '../subtasks/lane-config.ts';
import { checkNetworkConfig, type NetworkConfig } from '../subtasks/network-config.ts';
import { type Example, examplesOf } from './examples.ts';
import { type Preset, presetOf } from './presets.ts';
import type { Row } from './rows.ts';
import { checkClasses, labelsOf, type Split, stratifiedFolds, stratifiedSplit } from './split.ts';
import { HELD_BACK, type TrainOptions, usualFolds } from './train-options.ts';
import { readVectors, type Vectors } from './vectors.ts';
import { withoutTwins } from './without-twins.ts';

/** All that is settled before the first weight is learned. */
export interface Preparation {
  readonly labels: readonly string[];
  readonly tokenizer: TokenizerConfig;
  readonly ngrams: readonly NgramsConfig[];
  readonly networks: readonly NetworkLane[];
  /**
   * How the lanes are tried: fitted to one part of the rows, then asked about the other. No row is held back in two trials, and none is
   * learned from in the trial that holds it, or a row of the same words, back.
   */
  readonly trials: readonly Split[];
  /** What the lanes that are kept learn from; undefined if those of the only trial are kept, as the caller held its rows back. */
  readonly all: readonly Row[] | undefined;
  /** A split as lanes see it: with a vocabulary of what is learned from. */
  part(split: Split): Part;
}

/** Rows as lanes see them, and the network that learns from them. */
export interface Part {
  readonly vocabulary: Vocabulary;
  /** Of these tokens and others. */
  readonly vectors: Vectors | undefined;
  readonly network: NetworkConfig;
  readonly training: readonly Example[];
  readonly heldBack: readonly Example[];
}

const MIN_COUNT = 2;
const DIMENSIONS = 64;
const LONGEST = 256;
/** Share of the training texts that are read whole, unless `maxLength` says otherwise. */
const READ_WHOLE = 0.99;

/**
 * Settles labels, lanes and trials, cuts the rows into tokens and reads the vectors.
 *
 * @throws LockstepError as `train` does.
 */
export async function prepare(rows: readonly Row[], options: TrainOptions, seed: number): Promise<Preparation> {
  const labels = options.labels ?? labelsOf(rows);
  const known = (given: readonly Row[]) => given.filter(({ label }) => labels.includes(label));
  const own = known(rows);
  checkClasses(own, labels);
  const extra = known(options.extra ?? []);
  const validation = heldBackOf(options, known);
  const preset = presetOf(options.preset, own);
  const tokenizer = options.tokenizer ?? preset.tokenizer;
  const learned = [...own, ...extra];
  const texts = Array.isArray(validation) ? [...learned, ...validation] : learned;
  const isRead = !Array.isArray(options.lanes) || options.lanes.some((lane: LaneConfig) => lane?.kind !== 'ngrams');
  const tokens = isRead ? tokensByText(texts, await tokenizerFrom(tokenizer)) : new Map<string, string[]>();
  const vectors = options.vectors === undefined ? undefined : await vectorsFor(options.vectors, tokens.values());
  const count = learned.reduce((sum, { text }) => sum + (tokens.get(text)?.length ?? 0), 0);
  const size = { rows: learned.length, tokens: count / learned.length };
  const { ngrams, networks } = lanesFor(lanesBy(options, preset.lanes(labels, size), labels), labels);
  const folds = options.folds ?? usualFolds(learned.length, count);
  const trials = trialsOf(own, extra, { validation, folds }, seed);
  const part = ({ training, heldBack }: Split): Part => {
    const cut = (given: readonly Row[]) => given.map(({ text }) => tokens.get(text) ?? []);
    const vocabulary = Vocabulary.build(cut(training), {
      size: preset.vocabularySize,
      minCount: MIN_COUNT,
      ...options.vocabulary,
    });
    const examples = (given: readonly Row[]) => examplesOf(given, cut(given), vocabulary, labels);
    const read = examples(training);
    const network = networkFor(options, { networks, preset, seed, vocabulary, vectors, training: read });
    checkLanes([...ngrams, ...networks], network.maxLength);
    return { vocabulary, vectors, network, training: read, heldBack: examples(heldBack) };
  };
  const isKept = Array.isArray(options.validation);
  return { labels, tokenizer, ngrams, networks, trials, all: isKept ? undefined : learned, part };
}

/** What to hold back, as far as it was said. */
function heldBackOf(
  { validation, folds }: TrainOptions,
  known: (rows: readonly Row[]) => Row[],
): number | readonly Row[] | undefined {
  if (folds !== undefined && validation !== undefined)
    throw invalidArgument('folds', 'absent where `validation` is given', folds);
  if (validation === undefined || typeof validation === 'number') return validation;
  const rows = known(validation);
  if (rows.length === 0) throw invalidArgument('validation', 'rows of the labels', validation);
  return rows;
}

function trialsOf(
  rows: readonly Row[],
  extra: readonly Row[],
  { validation, folds }: { readonly validation: number | readonly Row[] | undefined; readonly folds: number },
  seed: number,
): Split[] {
  const splits = (): Split[] => {
    if (Array.isArray(validation)) return [{ training: rows, heldBack: validation }];
    if (typeof validation === 'number') return [stratifiedSplit(rows, validation, seed)];
    if (folds === 1) return [stratifiedSplit(rows, HELD_BACK, seed)];
    return stratifiedFolds(rows, folds, seed);
  };
  return splits().map(({ training, heldBack }) => ({
    training: [...training, ...withoutTwins(extra, heldBack)],
    heldBack,
  }));
}

function tokensByText(rows: readonly Row[], tokenizer: Tokenizer): Map<string, string[]> {
  const tokens = new Map<string, string[]>();
  for (const { text } of rows)
    if (!tokens.has(text))
      tokens.set(
        text,
        tokenizer(text).map((token) => token.text),
      );
  return tokens;
}

/** The lanes that were asked for, or else those of the preset. */
function lanesBy(
  { lanes, groups }: Pick<TrainOptions, 'lanes' | 'groups'>,
  usual: readonly LaneConfig[],
  labels: readonly string[],
): readonly LaneConfig[] {
  if (groups === undefined) return lanes ?? usual;
  if (lanes !== undefined) throw invalidArgument('groups', 'absent where `lanes` are given', groups);
  return regrouped(usual, groups, labels);
}

/** The lanes of a task, those over n-grams apart from those that are networks. */
function lanesFor(
  all: readonly LaneConfig[],
  labels: readonly string[],
): { readonly ngrams: readonly NgramsConfig[]; readonly networks: readonly NetworkLane[] } {
  if (!Array.isArray(all) || all.length === 0) throw invalidArgument('lanes', 'an array of at least one lane', all);
  checkLaneLabels(all, labels);
  const ngrams: NgramsConfig[] = [];
  const networks: NetworkLane[] = [];
  for (const lane of all)
    if (lane.kind === 'ngrams') ngrams.push(lane);
    else networks.push(lane);
  return { ngrams, networks };
}

function vectorsFor(input: string | URL, texts: Iterable<readonly string[]>): Promise<Vectors> {
  const tokens = new Set<string>();
  for (const text of texts) for (const token of text) tokens.add(token);
  return readVectors(input, tokens);
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
  }: Pick<Part, 'vocabulary' | 'vectors' | 'training'> & {
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
