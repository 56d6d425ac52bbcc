import { LockstepError } from '../errors.ts';
import type { TokenizerConfig } from '../language/tokenizer.ts';
import type { NgramsConfig } from '../subtasks/lane-config.ts';
import {
  booleanOf,
  type Fields,
  listOf,
  numberOf,
  numbersBy,
  objectOf,
  optional,
  parseJson,
  textOf,
  wrong,
} from './fields.ts';
import { ngramsOf } from './lane-field.ts';
import type { EnsembleModel, TrainingFacts } from './model.ts';
import { networkOf } from './network-field.ts';

/** The version of the format that is written; others are refused. */
export const FORMAT_VERSION = 1;
export const MANIFEST = 'ensemble.json';
export const VOCABULARY = 'vocabulary.json';
export const WEIGHTS = 'weights.safetensors';
/** Only if boosted trees vote. */
export const BOOSTED = 'vote.json';
/** For people; it may be edited, so nothing is checked. */
export const CARD = 'README.md';

/** What is known of a file beside the manifest. */
export interface FileFacts {
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** `ensemble.json`: all of an ensemble but its vocabulary and weights. */
export interface Manifest extends Omit<EnsembleModel, 'vocabulary' | 'weights' | 'ngrams' | 'vote'> {
  readonly formatVersion: typeof FORMAT_VERSION;
  readonly ngrams: readonly NgramsConfig[];
  readonly vote: Omit<EnsembleModel['vote'], 'boosted'>;
  readonly files: Readonly<Record<typeof VOCABULARY | typeof WEIGHTS, FileFacts>> & {
    readonly [BOOSTED]?: FileFacts;
  };
}

/**
 * Reads `ensemble.json`.
 *
 * @throws LockstepError `INVALID_ENSEMBLE`, naming the field, if it is not one of {@link FORMAT_VERSION}.
 */
export function parseManifest(json: string): Manifest {
  const fields = objectOf('the file', parseJson(json));
  const { formatVersion } = fields;
  if (formatVersion !== FORMAT_VERSION) throw wrong('formatVersion', `${FORMAT_VERSION}`, formatVersion);
  const labels = labelsOf(fields.labels);
  const ngrams = fields.ngrams === undefined ? [] : ngramsOf(fields.ngrams);
  const network = networkOf(fields.network);
  const lanes = [...ngrams, ...network.lanes];
  if (lanes.length === 0)
    throw new LockstepError('INVALID_ENSEMBLE', 'expected ngrams or network.lanes to hold a lane');
  for (const lane of lanes)
    for (const label of lane.labels)
      if (!labels.includes(label))
        throw wrong(`the labels of the lane ${lane.name}`, `among ${labels.join(', ')}`, label);
  const vote = objectOf('vote', fields.vote);
  const files = objectOf('files', fields.files);
  return {
    formatVersion,
    name: textOf('name', fields.name),
    labels,
    displayNames: displayNamesOf(fields.displayNames, labels),
    tokenizer: tokenizerOf(fields.tokenizer),
    ngrams,
    network,
    vote: {
      weights: weightsOf(
        vote.weights,
        lanes.map(({ name }) => name),
      ),
      bias: numbersBy('vote.bias', vote.bias, labels),
    },
    training: trainingOf(fields.training, labels),
    files: {
      [VOCABULARY]: fileFactsOf(VOCABULARY, files),
      [WEIGHTS]: fileFactsOf(WEIGHTS, files),
      ...(files[BOOSTED] !== undefined && { [BOOSTED]: fileFactsOf(BOOSTED, files) }),
    },
  };
}

/**
 * Reads `vocabulary.json`: an array of different tokens.
 *
 * @throws LockstepError `INVALID_ENSEMBLE` if it is not.
 */
export function parseVocabulary(json: string): string[] {
  const tokens = listOf('the file', parseJson(json), textOf);
  if (new Set(tokens).size < tokens.length) throw wrong('the file', 'an array of different tokens', tokens);
  return tokens;
}

function labelsOf(value: unknown): string[] {
  const labels = listOf('labels', value, textOf);
  if (labels.length < 2 || new Set(labels).size < labels.length)
    throw wrong('labels', 'at least two different names', labels.join(', '));
  return labels;
}

function tokenizerOf(value: unknown): TokenizerConfig {
  const fields = objectOf('tokenizer', value);
  const { kind } = fields;
  const lowercase = optional('tokenizer', fields, 'lowercase', booleanOf);
  if (kind === 'characters') return { kind, ...lowercase, ...optional('tokenizer', fields, 'words', textOf) };
  if (kind === 'wink') return { kind, ...lowercase };
  if (kind === 'words') return { kind, ...lowercase, ...optional('tokenizer', fields, 'locale', textOf) };
  throw wrong('tokenizer.kind', "'characters', 'words' or 'wink'", kind);
}

function displayNamesOf(value: unknown, labels: readonly string[]): Record<string, string> {
  const entries = Object.entries(objectOf('displayNames', value));
  return Object.fromEntries(
    entries.map(([label, name]) => {
      if (!labels.includes(label)) throw wrong('displayNames', `keyed by labels, ${labels.join(', ')}`, label);
      return [label, textOf(`displayNames.${label}`, name)];
    }),
  );
}

function weightsOf(value: unknown, lanes: readonly string[]): Record<string, number> {
  const weights = numbersBy('vote.weights', value, lanes);
  for (const [lane, weight] of Object.entries(weights))
    if (weight < 0) throw wrong(`vote.weights.${lane}`, 'at least 0', weight);
  return weights;
}

function trainingOf(value: unknown, labels: readonly string[]): TrainingFacts {
  const fields = objectOf('training', value);
  const number = (name: keyof TrainingFacts) => numberOf(`training.${name}`, fields[name]);
  return {
    date: textOf('training.date', fields.date),
    seed: number('seed'),
    backend: textOf('training.backend', fields.backend),
    rows: number('rows'),
    heldBackRows: number('heldBackRows'),
    rowsByLabel: numbersBy('training.rowsByLabel', fields.rowsByLabel, labels),
    epochs: number('epochs'),
    bestEpoch: number('bestEpoch'),
    batchSize: number('batchSize'),
    learningRate: number('learningRate'),
    seconds: number('seconds'),
    pretrained: number('pretrained'),
    heldBackAccuracy: number('heldBackAccuracy'),
  };
}

function fileFactsOf(name: string, files: Fields): FileFacts {
  const { bytes, sha256 } = objectOf(`files.${name}`, files[name]);
  const hash = textOf(`files.${name}.sha256`, sha256);
  if (!/^[0-9a-f]{64}$/.test(hash)) throw wrong(`files.${name}.sha256`, '64 hexadecimal digits', hash);
  return { bytes: numberOf(`files.${name}.bytes`, bytes), sha256: hash };
}
