import { checkCount, invalidArgument } from '../errors.ts';
import type { TokenizerConfig } from '../language/tokenizer.ts';
import type { BackendPreference } from '../subtasks/backend.ts';
import type { LaneConfig } from '../subtasks/network-config.ts';
import type { TrainingProgress } from './fit-network.ts';
import type { LanePreset } from './lane-presets.ts';
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
  /** How the task is decomposed. @default 'group' */
  readonly lanes?: LanePreset | readonly LaneConfig[] | undefined;
  /** @default lower-cased characters if most of the text is in Han characters, else lower-cased words */
  readonly tokenizer?: TokenizerConfig | undefined;
  readonly vocabulary?:
    | {
        /** At most so many ids, padding and unknown included. @default 20,000 */
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
        /** Share of the components that training leaves out. @default 0.3 */
        readonly dropout?: number;
        /** Whether the lanes share one embedding. @default true */
        readonly shared?: boolean;
      }
    | undefined;
  /** In tokens; longer texts are cut. @default that which 99 of 100 training texts keep to, at most 256 */
  readonly maxLength?: number | undefined;
  /** Times to go through the rows, at most. @default 8 */
  readonly epochs?: number | undefined;
  /** @default 64 */
  readonly batchSize?: number | undefined;
  /** Of Adam, at the beginning; it falls to a tenth. @default 0.002 */
  readonly learningRate?: number | undefined;
  /** Ends after so many epochs without improvement. @default 3 */
  readonly patience?: number | undefined;
  /** All chance comes from it: on one backend, the same seed and rows give the same ensemble. @default 1 */
  readonly seed?: number | undefined;
  /** @default the environment variable `LOCKSTEP_BACKEND`, else `'auto'` */
  readonly backend?: BackendPreference | undefined;
  /** Is told several times a second how far training is, and once an epoch with the accuracy. */
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
  /** Stops training when aborted; what comes is the best so far. */
  readonly signal?: AbortSignal | undefined;
}

/** The numbers among the options, with their defaults. */
export interface FitSettings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly patience: number;
  readonly seed: number;
}

/** @throws LockstepError `INVALID_ARGUMENT`, naming the option. */
export function fitSettings(options: TrainOptions): FitSettings {
  const { epochs = 8, batchSize = 64, learningRate = 0.002, patience = 3, seed = 1 } = options;
  checkCount('epochs', epochs);
  checkCount('batchSize', batchSize);
  checkCount('patience', patience, { infinity: true });
  if (!Number.isSafeInteger(seed)) throw invalidArgument('seed', 'an integer', seed);
  if (!(learningRate > 0 && learningRate < Number.POSITIVE_INFINITY))
    throw invalidArgument('learningRate', 'a finite number above 0', learningRate);
  return { epochs, batchSize, learningRate, patience, seed };
}
