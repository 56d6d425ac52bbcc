import { fitVote } from '../integrate/fit-weights.ts';
import type { FitFacts } from './fit-network.ts';
import type { EnsembleModel, TrainingFacts } from './model.ts';
import { pooled, qualityOf, sampleOf } from './pooled.ts';
import { type Preparation, prepare } from './prepare.ts';
import type { Row } from './rows.ts';
import { trainNetworks } from './train-networks.ts';
import { trainNgrams } from './train-ngrams.ts';
import { type FitSettings, fitSettings, type TrainOptions } from './train-options.ts';

/** An ensemble that was trained, in memory. */
export interface TrainedEnsemble extends EnsembleModel {
  /** Of the vote on the rows that were held back, 0 to 1; optimistic, as they also chose the best epoch. */
  readonly accuracy: number;
}

/** So many digits of a vote's weights are kept. */
const DIGITS = 6;

/**
 * Trains an ensemble on labelled rows. Lanes over n-grams are fitted one by one, networks all together; then the weights of their
 * vote are fitted on rows that were held back, by which also the best epoch was chosen. In the end the lanes over n-grams are
 * fitted once more, to all rows. The same rows, options and seed give the same ensemble on the same backend.
 *
 * @example
 * ```ts
 * const { rows } = await readRows('rows.tsv');
 * const trained = await train(rows, { epochs: 5, onProgress: (progress) => console.log(progress) });
 * await saveEnsemble(trained, 'my-model');
 * ```
 * @throws LockstepError `INVALID_DATA` if there is a label without rows, one label only, or the loss is not finite.
 * @throws LockstepError `INVALID_ARGUMENT` if an option is not what it should be.
 * @throws LockstepError `BACKEND_UNAVAILABLE` if the tensor library does not load.
 */
export async function train(rows: readonly Row[], options: TrainOptions = {}): Promise<TrainedEnsemble> {
  const started = performance.now();
  const settings = fitSettings(options, rows.length + (options.extra?.length ?? 0));
  const preparation = await prepare(rows, options, settings.seed);
  const { onProgress, signal } = options;
  const ngrams = await trainNgrams(preparation, { seed: settings.seed, onProgress, signal });
  const networks = await trainNetworks(preparation, settings, options);
  const { accuracy, ...vote } = voteOf(preparation, [...ngrams.scores, ...networks.scores]);
  const { labels, tokenizer, vocabulary, network } = preparation;
  return {
    name: options.name ?? 'ensemble',
    labels,
    displayNames: options.displayNames ?? {},
    tokenizer,
    vocabulary,
    ngrams: ngrams.lanes,
    network,
    weights: networks.weights,
    vote,
    accuracy,
    training: {
      ...factsOf(preparation, settings, networks),
      backend: networks.backend,
      seconds: Math.round((performance.now() - started) / 1000),
      heldBackAccuracy: accuracy,
    },
  };
}

function voteOf(
  { labels, heldBack, ngrams, network }: Preparation,
  scores: readonly ArrayLike<number>[],
): EnsembleModel['vote'] & { readonly accuracy: number } {
  const lanes = [...ngrams, ...network.lanes];
  const sample = sampleOf(lanes, scores, heldBack, labels);
  const { weights, bias } = fitVote(sample);
  const rounded = (value: number | undefined) => Number((value ?? 0).toPrecision(DIGITS));
  return {
    weights: Object.fromEntries(lanes.map(({ name }, index) => [name, rounded(weights[index])])),
    bias: Object.fromEntries(labels.map((label, index) => [label, rounded(bias[index])])),
    accuracy: qualityOf(sample, pooled(sample, { weights, bias })).accuracy,
  };
}

function factsOf(
  { labels, vocabulary, vectors, training, heldBack }: Preparation,
  { seed, batchSize, learningRate }: FitSettings,
  { epochs, bestEpoch }: FitFacts,
): Omit<TrainingFacts, 'backend' | 'seconds' | 'heldBackAccuracy'> {
  const rowsOf = (index: number) => training.filter(({ label }) => label === index).length;
  return {
    date: new Date().toISOString(),
    seed,
    rows: training.length,
    heldBackRows: heldBack.length,
    rowsByLabel: Object.fromEntries(labels.map((name, index) => [name, rowsOf(index)])),
    epochs,
    bestEpoch,
    batchSize,
    learningRate,
    pretrained: vectors ? vectors.byToken.size / vocabulary.tokens.length : 0,
  };
}
