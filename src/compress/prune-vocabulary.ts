import type { EnsembleModel } from '../ensemble/model.ts';
import { checkCount, LockstepError } from '../errors.ts';
import { Vocabulary } from '../language/vocabulary.ts';
import type { NamedWeight } from '../subtasks/network.ts';

/** Padding and unknown: ids that are no tokens. */
const NO_TOKENS = 2;

/**
 * The ensemble with the most frequent tokens only: all others count as unknown from then on. Its embeddings have a row less for
 * each token that goes.
 *
 * @param tokens how many stay, at least 1; no more than there are
 * @throws LockstepError `INVALID_ENSEMBLE` if an embedding is missing or has no row a token.
 */
export function pruneVocabulary(model: EnsembleModel, tokens: number): EnsembleModel {
  checkCount('tokens', tokens);
  if (tokens >= model.vocabulary.tokens.length || model.network.lanes.length === 0) return model;
  const vocabulary = new Vocabulary(model.vocabulary.tokens.slice(0, tokens));
  const weights = new Map(model.weights);
  for (const name of embeddingsOf(model)) weights.set(name, firstRows(name, weights.get(name), NO_TOKENS + tokens));
  return { ...model, vocabulary, weights, network: { ...model.network, vocabularySize: vocabulary.size } };
}

function embeddingsOf({ network }: EnsembleModel): string[] {
  return network.embedding.shared ? ['embedding'] : network.lanes.map(({ name }) => `${name}/embedding`);
}

function firstRows(name: string, weight: NamedWeight | undefined, rows: number): NamedWeight {
  const [all = 0, columns = 0] = weight?.shape ?? [];
  if (weight === undefined || all < rows)
    throw new LockstepError('INVALID_ENSEMBLE', `Expected the weight "${name}" to have ${rows} rows, got ${all}`);
  return { shape: [rows, columns], data: weight.data.slice(0, rows * columns) };
}
