import { checkCount, invalidArgument } from '../errors.ts';
import type { TokenizerConfig } from '../language/tokenizer.ts';
import type { TensorPreference } from '../subtasks/backend.ts';
import type { LaneConfig } from '../subtasks/lane-config.ts';
import type { TrainingProgress } from './fit-network.ts';
import type { PresetName } from './presets.ts';
import type { Row } from './rows.ts';

/** Options of `train`. */
export interface TrainOptions {
  /** What the ensemble is called. @default 'ensemble' */
  readonly name?: string | undefined;
  /** The labels, in the order in which ties are broken; rows of others are left out. @default those of the rows, sorted */
  readonly labels?: readonly string[] | undefined;
  /** Names of the labels for people, where they differ. @default none */
  readonly displayNames?: Readonly<Record<string, string>> | undefined;
  /** Rows to stop early and fit the vote by, or which part of `rows` to hold back for that. @default 0.1 */
  readonly validation?: number | readonly Row[] | undefined;
  /** Rows of another kind, say phrases or older ones: only learned from. @default none */
  readonly extra?: readonly Row[] | undefined;
  /** What settles all that is not said here. @default 'zh' if most of the text is in Han characters, else 'en' */
  readonly preset?: PresetName | undefined;
  /** How the task is decomposed. @default as the preset does */
  readonly lanes?: readonly LaneConfig[] | undefined;
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
  /** Times to go through the rows, at most. @default so often that 6 million tokens are read, from 4 to 12 times */
  readonly epochs?: number | undefined;
  /** @default 64; 32 where there are fewer than 10,000 rows to learn from, which need more steps */
  readonly batchSize?: number | undefined;
  /** Of Adam, at the beginning; it falls to a tenth. @default 0.002 */
  readonly learningRate?: number | undefined;
  /** Ends after so many epochs without improvement. @default 3 */
  readonly patience?: number | undefined;
  /** All chance comes from it: on one backend, the same seed and rows give the same ensemble. @default 1 */
  readonly seed?: number | undefined;
  /** @default the environment variable `LOCKSTEP_BACKEND` if it names a tensor backend, else `'auto'` */
  readonly backend?: TensorPreference | undefined;
  /** Is told several times a second how far training is, and once an epoch with the accuracy. */
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
  /** Stops training when aborted; what comes is the best so far. */
  readonly signal?: AbortSignal | undefined;
}

const FEW = 10_000;

/** The numbers among the options, with their defaults. */
export interface FitSettings {
  /** Undefined if nothing was said. */
  readonly epochs: number | undefined;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly patience: number;
  readonly seed: number;
}

/**
 * @param rows how many there are to learn from
 * @throws LockstepError `INVALID_ARGUMENT`, naming the option.
 */
export function fitSettings(options: TrainOptions, rows: number): FitSettings {
  const { epochs, batchSize = rows < FEW ? 32 : 64, learningRate = 0.002, patience = 3, seed = 1 } = options;
  if (epochs !== undefined) checkCount('epochs', epochs);
  checkCount('batchSize', batchSize);
  checkCount('patience', patience, { infinity: true });
  if (!Number.isSafeInteger(seed)) throw invalidArgument('seed', 'an integer', seed);
  if (!(learningRate > 0 && learningRate < Number.POSITIVE_INFINITY))
    throw invalidArgument('learningRate', 'a finite number above 0', learningRate);
  return { epochs, batchSize, learningRate, patience, seed };
}

/** Tokens that networks read in training, unless the rows are so few that they would see each text more than {@link MOST_EPOCHS} times. */
const TOKENS_READ = 6_000_000;
const FEWEST_EPOCHS = 4;
const MOST_EPOCHS = 12;

/** How often to go through rows with so many tokens. */
export function usualEpochs(tokens: number): number {
  return Math.min(Math.max(Math.round(TOKENS_READ / Math.max(tokens, 1)), FEWEST_EPOCHS), MOST_EPOCHS);
}
