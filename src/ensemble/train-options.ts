import { checkCount, invalidArgument } from '../errors.ts';
import type { TokenizerConfig } from '../language/tokenizer.ts';
import type { TensorPreference } from '../subtasks/backend.ts';
import type { LaneConfig } from '../subtasks/lane-config.ts';
import type { VoteKind } from './fit-rule.ts';
import type { PresetName } from './presets.ts';
import type { Row } from './rows.ts';
import type { TrainingProgress } from './training-progress.ts';

/** Options of `train`. */
export interface TrainOptions {
  /** What the ensemble is called. @default 'ensemble' */
  readonly name?: string | undefined;
  /** The labels, in the order in which ties are broken; rows of others are left out. @default those of the rows, sorted */
  readonly labels?: readonly string[] | undefined;
  /** Names of the labels for people, where they differ. @default none */
  readonly displayNames?: Readonly<Record<string, string>> | undefined;
  /**
   * Rows of your own to choose the best epoch and fit the vote by: they are never learned from. Or which part of `rows` to hold back for the
   * vote, before the lanes learn from all of them. @default as `folds` say
   */
  readonly validation?: number | readonly Row[] | undefined;
  /**
   * The lanes are fitted so many times to all `rows` but a part, and asked about that part: so every row tells how much each lane is worth
   * in the vote, and how sure it may be. Then they are fitted once more, to all rows. With 1, only a tenth of the rows is held back, once.
   * @default 5 where there are fewer than 20,000 rows, and for networks fewer than 150,000 tokens, to learn from, else 1
   */
  readonly folds?: number | undefined;
  /** Rows of another kind, say phrases or older ones: only learned from. @default none */
  readonly extra?: readonly Row[] | undefined;
  /** What settles all that is not said here. @default 'zh' if most of the text is in Han characters, else 'en' */
  readonly preset?: PresetName | undefined;
  /** How the task is decomposed. @default as the preset does */
  readonly lanes?: readonly LaneConfig[] | undefined;
  /** Labels that are kept together, as `decomposeClasses` finds them: each lane of the preset over all labels becomes one a group. @default none */
  readonly groups?: readonly (readonly string[])[] | undefined;
  /** @default that of the preset: lower-cased characters for Chinese, else lower-cased words */
  readonly tokenizer?: TokenizerConfig | undefined;
  readonly vocabulary?:
    | {
        /** At most so many ids, padding and unknown included. @default 8,000 for Chinese, else 15,000 */
        readonly size?: number;
        /** A token must occur so often in the training part. @default 2 */
        readonly minCount?: number;
      }
    | undefined;
  /** Pretrained vectors: a file in the text form of GloVe or word2vec, or a folder with `words.json`. @default none */
  readonly vectors?: string | URL | undefined;
  readonly embedding?:
    | {
        /** @default that of the vectors, else 64 */
        readonly dimensions?: number;
        /** Share of the components that training leaves out. @default 0.3 for Chinese, else 0.4 */
        readonly dropout?: number;
        /** Whether the lanes share one embedding. @default true */
        readonly shared?: boolean;
      }
    | undefined;
  /** In tokens; longer texts are cut. @default that which 99 of 100 training texts keep to, at most 256 */
  readonly maxLength?: number | undefined;
  /** Times to go through the rows, at most. @default so often that 6 million tokens or 225,000 texts are read, from 4 to 12 times */
  readonly epochs?: number | undefined;
  /** @default 64; 32 where there are fewer than 10,000 rows to learn from, which need more steps */
  readonly batchSize?: number | undefined;
  /** Of Adam, at the beginning; it falls to a tenth. @default 0.002 */
  readonly learningRate?: number | undefined;
  /** With rows of your own to judge by: ends after so many epochs without improvement there. @default never before the last epoch */
  readonly patience?: number | undefined;
  /** Which vote is fitted: one of fixed weights, or boosted trees, which may trust a lane only here and there. @default 'weighted' */
  readonly vote?: VoteKind | undefined;
  /** All chance comes from it: on one backend, the same seed and rows give the same ensemble. @default 1 */
  readonly seed?: number | undefined;
  /** @default the environment variable `LOCKSTEP_BACKEND` if it names a tensor backend, else `'auto'` */
  readonly backend?: TensorPreference | undefined;
  /**
   * A folder in which each part of the training is kept once it is done. Training with the same rows, options and folder goes on from there
   * after a kill, and gives what it would have given; delete the folder when all is saved. Files there are trusted. @default none
   */
  readonly checkpoint?: string | URL | undefined;
  /** Is told several times a second how far training is, and once an epoch of a trial with the accuracy. */
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
  /** Stops training when aborted; what comes is the best so far. */
  readonly signal?: AbortSignal | undefined;
}

/** Share of the rows that is held back where all take part but once. */
export const HELD_BACK = 0.1;
const FOLDS = 5;
/** Of so many rows a tenth tells well enough what lanes are worth. */
const MANY_ROWS = 20_000;
/** With so many tokens a network takes minutes, and six times that is too long. */
const MANY_TOKENS = 150_000;
const FEW = 10_000;

/**
 * In how many parts rows are held back.
 *
 * @param tokens that networks have to read, 0 without networks
 */
export function usualFolds(rows: number, tokens: number): number {
  return rows < MANY_ROWS && tokens < MANY_TOKENS ? FOLDS : 1;
}

/** The numbers among the options, with their defaults. */
export interface FitSettings {
  /** Undefined if nothing was said. */
  readonly epochs: number | undefined;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly patience: number;
  readonly vote: VoteKind;
  readonly seed: number;
}

/**
 * @param rows how many there are to learn from
 * @throws LockstepError `INVALID_ARGUMENT`, naming the option.
 */
export function fitSettings(options: TrainOptions, rows: number): FitSettings {
  const {
    folds,
    epochs,
    batchSize = rows < FEW ? 32 : 64,
    learningRate = 0.002,
    patience = Number.POSITIVE_INFINITY,
    vote = 'weighted',
    seed = 1,
  } = options;
  if (folds !== undefined) checkCount('folds', folds);
  if (epochs !== undefined) checkCount('epochs', epochs);
  checkCount('batchSize', batchSize);
  checkCount('patience', patience, { infinity: true });
  if (vote !== 'weighted' && vote !== 'boosted') throw invalidArgument('vote', "'weighted' or 'boosted'", vote);
  if (!Number.isSafeInteger(seed)) throw invalidArgument('seed', 'an integer', seed);
  if (!(learningRate > 0 && learningRate < Number.POSITIVE_INFINITY))
    throw invalidArgument('learningRate', 'a finite number above 0', learningRate);
  return { epochs, batchSize, learningRate, patience, vote, seed };
}

/** Networks read at most so many tokens, and so many texts, again and again: more of either takes long and helps little. */
const TOKENS_READ = 6_000_000;
const TEXTS_READ = 225_000;
const FEWEST_EPOCHS = 4;
const MOST_EPOCHS = 12;

/** How often to go through so many texts with so many tokens. */
export function usualEpochs(texts: number, tokens: number): number {
  const times = Math.min(TOKENS_READ / Math.max(tokens, 1), TEXTS_READ / Math.max(texts, 1));
  return Math.min(Math.max(Math.round(times), FEWEST_EPOCHS), MOST_EPOCHS);
}
