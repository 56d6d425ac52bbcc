import type { EnsembleModel } from '../ensemble/model.ts';
import type { Precision } from '../ensemble/quantize.ts';
import { weightsAtTemperature } from '../integrate/temperature.ts';
import { Vocabulary } from '../language/vocabulary.ts';
import { FEWEST_HASH_BITS, HASH_BITS } from '../subtasks/ngrams/ngram-features.ts';
import { groupsOf, type NgramsLane } from '../subtasks/ngrams/ngram-table.ts';
import { type Frequency, pruneNgrams } from './prune-ngrams.ts';
import { pruneVocabulary } from './prune-vocabulary.ts';
import { shortenHashes } from './shorten-hashes.ts';

/** How the lanes of a part are made smaller. */
export interface Setting {
  readonly precision: Precision;
  /** The share that is kept: of the tokens for networks, of the n-grams of each table for lanes over n-grams. */
  readonly share: number;
  /**
   * How often, at most, a table may take an n-gram that it does not hold for one that it does: hashes get as few bits as that allows, so
   * the fewer the smaller the table is. @default hashes stay as they are; networks have none
   */
  readonly falsePositives?: number;
}

/** Lanes that can be made smaller together and apart from the others: the networks, or those that look at the same n-grams. */
export interface Part {
  /** For people. */
  readonly name: string;
  readonly kind: 'networks' | 'ngrams';
  /** The ensemble with these lanes only. */
  readonly model: EnsembleModel;
  /** What it may be made of, the gentlest first. */
  readonly settings: readonly Setting[];
}

const NETWORK_SETTINGS: readonly Setting[] = [
  { precision: '8-bit', share: 1 },
  { precision: '4-bit', share: 1 },
  { precision: '3-bit', share: 1 },
  { precision: '2-bit', share: 1 },
  { precision: '4-bit', share: 0.5 },
  { precision: '2-bit', share: 0.5 },
  { precision: '2-bit', share: 0.25 },
];

const SHARES = [1, 0.7, 0.5, 0.35, 0.25, 0.12, 0.06, 0.03];
/** Of 40,000 n-grams, hashes of 24 bits and of 22. */
const [SELDOM, SOMETIMES] = [1 / 400, 1 / 100];

const NGRAM_SETTINGS: readonly Setting[] = [
  { precision: '8-bit', share: 1 },
  { precision: '8-bit', share: 1, falsePositives: SELDOM },
  ...SHARES.map((share) => ({ precision: '4-bit', share, falsePositives: SELDOM }) as const),
  ...SHARES.map((share) => ({ precision: '3-bit', share, falsePositives: SOMETIMES }) as const),
];

/** The parts of an ensemble. */
export function partsOf(model: EnsembleModel): Part[] {
  const groups = groupsOf(model.ngrams);
  const parts: Part[] = groups.map((lanes, index) => ({
    name: groups.length > 1 ? `n-grams ${index + 1}` : 'n-grams',
    kind: 'ngrams',
    model: { ...withoutNetworks(model), ngrams: lanes },
    settings: NGRAM_SETTINGS,
  }));
  if (model.network.lanes.length > 0)
    parts.push({ name: 'networks', kind: 'networks', model: { ...model, ngrams: [] }, settings: NETWORK_SETTINGS });
  return parts;
}

/** A part made smaller, but for its precision, which only counts once it is saved. */
export function applySetting(part: Part, { share, falsePositives }: Setting, frequency?: Frequency): EnsembleModel {
  const { kind, model } = part;
  if (kind === 'networks') return pruneVocabulary(model, Math.ceil(model.vocabulary.tokens.length * share));
  const ngrams = pruneNgrams(model.ngrams, share, frequency);
  return {
    ...model,
    ngrams: falsePositives === undefined ? ngrams : shortenHashes(ngrams, bitsFor(ngrams, falsePositives)),
  };
}

/** The ensemble of those lanes of `model` that `parts` have, as they have them; the others leave the vote, which has another temperature. */
export function joinParts(model: EnsembleModel, parts: readonly EnsembleModel[], temperature: number): EnsembleModel {
  const networks = parts.find(({ network }) => network.lanes.length > 0) ?? withoutNetworks(model);
  const byName = new Map(parts.flatMap(({ ngrams }) => ngrams.map((lane) => [lane.config.name, lane] as const)));
  const ngrams = model.ngrams.flatMap(({ config }) => byName.get(config.name) ?? []);
  const names = new Set([...byName.keys(), ...networks.network.lanes.map(({ name }) => name)]);
  const weights = Object.fromEntries(Object.entries(model.vote.weights).filter(([name]) => names.has(name)));
  const { vocabulary, network, weights: tensors } = networks;
  const vote = { ...model.vote, ...weightsAtTemperature({ weights, bias: model.vote.bias }, temperature) };
  return { ...model, ngrams, vocabulary, network, weights: tensors, vote };
}

function bitsFor(lanes: readonly NgramsLane[], falsePositives: number): number {
  const largest = lanes.reduce((most, { tables }) => Math.max(most, ...tables.map(({ keys }) => keys.length)), 1);
  const bits = Math.ceil(Math.log2(largest / falsePositives));
  return Math.min(Math.max(bits, FEWEST_HASH_BITS), HASH_BITS);
}

function withoutNetworks(model: EnsembleModel): EnsembleModel {
  const vocabulary = new Vocabulary([]);
  const network = { ...model.network, vocabularySize: vocabulary.size, lanes: [] };
  return { ...model, vocabulary, network, weights: new Map() };
}
