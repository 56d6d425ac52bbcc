import { invalidArgument } from '../errors.ts';
import { fitVote } from '../integrate/fit-weights.ts';
import { scriptOf } from '../language/script.ts';
import type { TokenizerConfig } from '../language/tokenizer.ts';
import { tokenizerFrom } from '../language/tokenizers.ts';
import { Vocabulary } from '../language/vocabulary.ts';
import { type Backend, loadBackend } from '../subtasks/backend.ts';
import { buildNetwork, type Network } from '../subtasks/network.ts';
import { checkNetworkConfig, type NetworkConfig } from '../subtasks/network-config.ts';
import { type Example, examplesOf, tokensOf } from './examples.ts';
import { type FitFacts, fitNetwork } from './fit-network.ts';
import { withVectors } from './initial-vectors.ts';
import { lanesOf } from './lane-presets.ts';
import type { EnsembleModel } from './model.ts';
import { pooled, qualityOf, sampleOf } from './pooled.ts';
import { predict } from './predict.ts';
import type { Row } from './rows.ts';
import { checkClasses, labelsOf, type Split, stratifiedSplit } from './split.ts';
import { fitSettings, type TrainOptions } from './train-options.ts';
import { readVectors } from './vectors.ts';

/** An ensemble that was trained, in memory. */
export interface TrainedEnsemble extends EnsembleModel {
  /** Of the vote on the rows that were held back, 0 to 1. */
  readonly accuracy: number;
}

const LONGEST = 256;
const SAMPLE = 200;

/**
 * Trains an ensemble on labelled rows. All lanes are fitted together; then the weights of their vote are fitted on rows
 * that were held back, by which also the best epoch was chosen.
 *
 * @example
 * ```ts
 * const { rows } = await readRows('rows.tsv');
 * const trained = await train(rows, { epochs: 5 });
 * await saveEnsemble(trained, 'my-model');
 * ```
 * @throws LockstepError `INVALID_DATA` if there is a label without rows, one label only, or the loss is not finite.
 * @throws LockstepError `INVALID_ARGUMENT` if an option is not what it should be.
 * @throws LockstepError `BACKEND_UNAVAILABLE` if the tensor library does not load.
 */
export async function train(rows: readonly Row[], options: TrainOptions = {}): Promise<TrainedEnsemble> {
  const started = performance.now();
  const settings = fitSettings(options);
  const { labels, split } = splitOf(rows, options, settings.seed);
  const tokenizer = options.tokenizer ?? tokenizerFor(split.training);
  const cut = await tokenizerFrom(tokenizer);
  const tokens = tokensOf(split.training, cut);
  const vocabulary = Vocabulary.build(tokens, { size: 20_000, minCount: 2, ...options.vocabulary });
  const examples = {
    training: examplesOf(split.training, tokens, vocabulary, labels),
    heldBack: examplesOf(split.heldBack, tokensOf(split.heldBack, cut), vocabulary, labels),
  };
  const vectors =
    options.vectors === undefined
      ? undefined
      : await readVectors(options.vectors, { has: (token) => vocabulary.id(token) > 1 });
  const { dimensions = vectors?.dimensions ?? 64, dropout = 0.3, shared = true } = options.embedding ?? {};
  if (vectors && vectors.dimensions !== dimensions)
    throw invalidArgument('embedding.dimensions', `that of the vectors, ${vectors.dimensions}`, dimensions);
  const { lanes = 'group' } = options;
  const config: NetworkConfig = {
    vocabularySize: vocabulary.size,
    embedding: { dimensions, dropout, shared },
    maxLength: options.maxLength ?? usualLength(examples.training),
    lanes: typeof lanes === 'string' ? lanesOf(lanes, labels) : lanes,
    seed: settings.seed,
  };
  checkNetworkConfig(config);
  checkLaneLabels(config, labels);

  const backend = await loadBackend({ prefer: options.backend });
  const network = buildNetwork(backend, config);
  try {
    if (vectors) network.setWeights(withVectors(network.getWeights(), vectors, vocabulary, settings.seed));
    const { onProgress, signal } = options;
    const facts = await fitNetwork(backend, network, examples, { ...settings, labels, onProgress, signal });
    const vote = voteOf(backend, network, examples.heldBack, labels);
    return {
      name: options.name ?? 'ensemble',
      labels,
      displayNames: options.displayNames ?? {},
      tokenizer,
      vocabulary,
      network: config,
      weights: network.getWeights(),
      vote: { weights: vote.weights, bias: vote.bias },
      accuracy: vote.accuracy,
      training: {
        ...factsOf(facts, split, labels),
        date: new Date().toISOString(),
        seed: settings.seed,
        backend: backend.name,
        batchSize: settings.batchSize,
        learningRate: settings.learningRate,
        seconds: Math.round((performance.now() - started) / 1000),
        pretrained: vectors ? vectors.byToken.size / vocabulary.tokens.length : 0,
        heldBackAccuracy: vote.accuracy,
      },
    };
  } finally {
    network.dispose();
  }
}

function splitOf(
  given: readonly Row[],
  options: TrainOptions,
  seed: number,
): { labels: readonly string[]; split: Split } {
  const { validation = 0.1 } = options;
  const labels = options.labels ?? labelsOf(given);
  const known = (rows: readonly Row[]) => rows.filter(({ label }) => labels.includes(label));
  const rows = known(given);
  checkClasses(rows, labels);
  if (typeof validation === 'number') return { labels, split: stratifiedSplit(rows, validation, seed) };
  const heldBack = known(validation);
  if (heldBack.length === 0) throw invalidArgument('validation', 'rows of the labels', validation);
  return { labels, split: { training: rows, heldBack } };
}

function tokenizerFor(rows: readonly Row[]): TokenizerConfig {
  const isHan =
    scriptOf(
      rows
        .slice(0, SAMPLE)
        .map(({ text }) => text)
        .join(' '),
    ) === 'han';
  return { kind: isHan ? 'characters' : 'words', lowercase: true };
}

function usualLength(examples: readonly Example[]): number {
  const lengths = examples.map(({ ids }) => ids.length).sort((a, b) => a - b);
  return Math.min(Math.max(lengths[Math.floor(lengths.length * 0.99)] ?? 1, 8), LONGEST);
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

function voteOf(backend: Backend, network: Network, heldBack: readonly Example[], labels: readonly string[]) {
  const { lanes } = network.config;
  const sample = sampleOf(lanes, predict(backend, network, heldBack), heldBack, labels);
  const { weights, bias } = fitVote(sample);
  const rounded = (value: number | undefined) => Number((value ?? 0).toPrecision(6));
  return {
    weights: Object.fromEntries(lanes.map(({ name }, index) => [name, rounded(weights[index])])),
    bias: Object.fromEntries(labels.map((label, index) => [label, rounded(bias[index])])),
    accuracy: qualityOf(sample, pooled(sample, { weights, bias })).accuracy,
  };
}

function factsOf({ epochs, bestEpoch }: FitFacts, { training, heldBack }: Split, labels: readonly string[]) {
  const rowsByLabel = Object.fromEntries(
    labels.map((name) => [name, training.filter(({ label }) => label === name).length]),
  );
  return { rows: training.length, heldBackRows: heldBack.length, rowsByLabel, epochs, bestEpoch };
}
