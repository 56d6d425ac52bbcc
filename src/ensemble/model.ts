import type { VoteRule } from '../integrate/vote-rule.ts';
import type { TokenizerConfig } from '../language/tokenizer.ts';
import type { Vocabulary } from '../language/vocabulary.ts';
import type { LaneConfig } from '../subtasks/lane-config.ts';
import type { NamedWeights } from '../subtasks/network.ts';
import type { NetworkConfig } from '../subtasks/network-config.ts';
import type { NgramsLane } from '../subtasks/ngrams/ngram-table.ts';

/** What is worth knowing of how an ensemble came about. Plain JSON. */
export interface TrainingFacts {
  /** ISO 8601. */
  readonly date: string;
  readonly seed: number;
  readonly backend: string;
  /** Rows that the lanes learned from. */
  readonly rows: number;
  /** Rows about which lanes that had not learned from them were asked, to fit the vote. */
  readonly heldBackRows: number;
  /** Rows of each label among those that were learned from. */
  readonly rowsByLabel: Readonly<Record<string, number>>;
  readonly epochs: number;
  readonly bestEpoch: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seconds: number;
  /** Share of the vocabulary that began with pretrained vectors; 0 without. */
  readonly pretrained: number;
  /** Of the vote on those rows, to which it was fitted: a slightly optimistic figure. */
  readonly heldBackAccuracy: number;
}

/** An ensemble as data: what the folder on disk holds. */
export interface EnsembleModel {
  readonly name: string;
  readonly labels: readonly string[];
  readonly displayNames: Readonly<Record<string, string>>;
  readonly tokenizer: TokenizerConfig;
  readonly vocabulary: Vocabulary;
  /** The lanes over n-grams. They come first in the order of all lanes. */
  readonly ngrams: readonly NgramsLane[];
  /** The lanes that are networks; perhaps none. */
  readonly network: NetworkConfig;
  readonly weights: NamedWeights;
  /** If it has boosted trees, these decide; the weights are there for what asks how much a lane is worth. */
  readonly vote: VoteRule & {
    readonly weights: Readonly<Record<string, number>>;
    readonly bias: Readonly<Record<string, number>>;
  };
  readonly training: TrainingFacts;
}

/** All lanes of an ensemble, in order. */
export function lanesOfModel({ ngrams, network }: Pick<EnsembleModel, 'ngrams' | 'network'>): LaneConfig[] {
  return [...ngrams.map(({ config }) => config), ...network.lanes];
}
