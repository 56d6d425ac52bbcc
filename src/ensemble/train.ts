import { fitVote } from '../integrate/fit-weights.ts';
import { type Backend, loadBackend } from '../subtasks/backend.ts';
import { buildNetwork, type Network } from '../subtasks/network.ts';
import { type FitFacts, fitNetwork } from './fit-network.ts';
import { withVectors } from './initial-vectors.ts';
import type { EnsembleModel, TrainingFacts } from './model.ts';
import { pooled, qualityOf, sampleOf } from './pooled.ts';
import { predict } from './predict.ts';
import { type Preparation, prepare } from './prepare.ts';
import type { Row } from './rows.ts';
import { type FitSettings, fitSettings, type TrainOptions } from './train-options.ts';

/** An ensemble that was trained, in memory. */
export interface TrainedEnsemble extends EnsembleModel {
  /** Of the vote on the rows that were held back, 0 to 1; optimistic, as they also chose the best epoch. */
  readonly accuracy: number;
}

/** So many digits of a vote's weights are kept. */
const DIGITS = 6;

/**
 * Trains an ensemble on labelled rows. All lanes are fitted together; then the weights of their vote are fitted on rows
 * that were held back, by which also the best epoch was chosen. The same rows, options and seed give the same ensemble on
 * the same backend.
 *
 * @example
 * ```ts
 * const { rows } = await readRows('rows.tsv');
 * const trained = await train(rows, { epochs: 5, onProgress: ({ epoch, loss }) => console.log(epoch, loss) });
 * await saveEnsemble(trained, 'my-model');
 * ```
 * @throws LockstepError `INVALID_DATA` if there is a label without rows, one label only, or the loss is not finite.
 * @throws LockstepError `INVALID_ARGUMENT` if an option is not what it should be.
 * @throws LockstepError `BACKEND_UNAVAILABLE` if the tensor library does not load.
 */
export async function train(rows: readonly Row[], options: TrainOptions = {}): Promise<TrainedEnsemble> {
  const started = performance.now();
  const settings = fitSettings(options);
  const preparation = await prepare(rows, options, settings.seed);
  const { labels, tokenizer, vocabulary, vectors, training, heldBack } = preparation;
  const backend = await loadBackend({ prefer: options.backend });
  const network = buildNetwork(backend, preparation.network);
  try {
    if (vectors) network.setWeights(withVectors(network.getWeights(), vectors, vocabulary, settings.seed));
    const { onProgress, signal } = options;
    const facts = await fitNetwork(
      backend,
      network,
      { training, heldBack },
      { ...settings, labels, onProgress, signal },
    );
    const { accuracy, ...vote } = voteOf(backend, network, preparation);
    return {
      name: options.name ?? 'ensemble',
      labels,
      displayNames: options.displayNames ?? {},
      tokenizer,
      vocabulary,
      network: preparation.network,
      weights: network.getWeights(),
      vote,
      accuracy,
      training: {
        ...factsOf(preparation, settings, facts),
        backend: backend.name,
        seconds: Math.round((performance.now() - started) / 1000),
        heldBackAccuracy: accuracy,
      },
    };
  } finally {
    network.dispose();
  }
}

function voteOf(
  backend: Backend,
  network: Network,
  { labels, heldBack }: Preparation,
): EnsembleModel['vote'] & { readonly accuracy: number } {
  const { lanes } = network.config;
  const sample = sampleOf(lanes, predict(backend, network, heldBack), heldBack, labels);
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
