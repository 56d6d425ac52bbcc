import { checkpointOf } from './checkpoint.ts';
import { type FittedRule, fitRule, type VoteKind } from './fit-rule.ts';
import type { EnsembleModel, TrainingFacts } from './model.ts';
import { sampleOf } from './pooled.ts';
import { type Preparation, prepare } from './prepare.ts';
import type { Row } from './rows.ts';
import { trainNetworks } from './train-networks.ts';
import { trainNgrams } from './train-ngrams.ts';
import { type FitSettings, fitSettings, type TrainOptions } from './train-options.ts';

/** An ensemble that was trained, in memory. */
export interface TrainedEnsemble extends EnsembleModel {
  /**
   * Of the vote on the rows that were held back, 0 to 1, as lanes say that did not learn from them; a little optimistic, as the weights of
   * the vote are fitted to it and, where they were given, the best epoch was chosen by them.
   */
  readonly accuracy: number;
}

/**
 * Trains an ensemble on labelled rows. Lanes over n-grams are fitted one by one, networks all together: first in trials, to all rows but
 * those that each trial holds back, which tell what every lane is worth in the vote and how sure it may be; then to all rows. Rows of your
 * own to judge by are not learned from: then there is one trial, whose lanes of the best epoch are kept. The same rows, options and seed
 * give the same ensemble on the same backend.
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
  const checkpoint = checkpointOf(rows, options);
  const { onProgress, signal } = options;
  const ngrams = await trainNgrams(preparation, { seed: settings.seed, onProgress, signal }, checkpoint);
  const networks = await trainNetworks(preparation, settings, options, checkpoint);
  const { labels, tokenizer } = preparation;
  const { vocabulary, network } = networks.part;
  const {
    vote,
    accuracy,
    rows: heldBackRows,
  } = ruleOf(preparation, { kind: settings.vote, seed: settings.seed }, ngrams.scores, networks.scores);
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
      ...factsOf(labels, settings, networks),
      heldBackRows,
      backend: networks.backend,
      seconds: Math.round((performance.now() - started) / 1000),
      heldBackAccuracy: accuracy,
    },
  };
}

/** Fits the vote to what the lanes said in all trials. */
function ruleOf(
  { labels, trials, ngrams, networks }: Preparation,
  how: { readonly kind: VoteKind; readonly seed: number },
  ...scores: readonly (readonly (readonly Float32Array[])[])[]
): FittedRule & { readonly rows: number } {
  const lanes = [...ngrams, ...networks];
  const finished = Math.min(...scores.map((trials) => trials.length)); // fewer than there are, if aborted
  const byTrial = trials.slice(0, finished).map((_, trial) => scores.flatMap((own) => own[trial] ?? []));
  const pooledScores = lanes.map((_, lane) => byTrial.flatMap((own) => Array.from(own[lane] ?? [])));
  const index = new Map(labels.map((label, at) => [label, at]));
  const truth = trials
    .slice(0, finished)
    .flatMap(({ heldBack }) => heldBack.map((row) => ({ label: index.get(row.label) ?? -1 })));
  const sample = sampleOf(lanes, pooledScores, truth, labels);
  return { ...fitRule(sample, lanes, labels, how), rows: truth.length };
}

function factsOf(
  labels: readonly string[],
  { seed, batchSize, learningRate }: FitSettings,
  { epochs, bestEpoch, part: { vocabulary, vectors, training } }: Awaited<ReturnType<typeof trainNetworks>>,
): Omit<TrainingFacts, 'backend' | 'seconds' | 'heldBackRows' | 'heldBackAccuracy'> {
  const counts = new Map<number, number>();
  for (const { label } of training) counts.set(label, (counts.get(label) ?? 0) + 1);
  const withVector = vectors ? vocabulary.tokens.filter((token) => vectors.byToken.has(token)).length : 0;
  return {
    date: new Date().toISOString(),
    seed,
    rows: training.length,
    rowsByLabel: Object.fromEntries(labels.map((name, index) => [name, counts.get(index) ?? 0])),
    epochs,
    bestEpoch,
    batchSize,
    learningRate,
    pretrained: withVector / Math.max(vocabulary.tokens.length, 1),
  };
}
