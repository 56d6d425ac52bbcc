import { basename, resolve } from 'node:path';
import type { PresetName } from '../../src/ensemble/presets.ts';
import type { TensorPreference } from '../../src/subtasks/backend.ts';
import { type Console, say } from '../console.ts';
import { EXIT } from '../exit-codes.ts';
import { type ReadRows, type Row, readLabelled, readUsable } from '../rows.ts';
import { TrainingProgress, type TrainingStep } from './progress.ts';

/** What `lockstep train` was told. */
export interface TrainArguments {
  /** Rows to train on, and files of rows that are only learned from. */
  readonly data: readonly string[];
  readonly dev?: string;
  readonly preset?: PresetName;
  readonly out: string;
  readonly labels?: readonly string[];
  readonly validation?: number;
  readonly vectors?: string;
  readonly epochs?: number;
  readonly seed?: number;
  readonly backend?: TensorPreference;
}

/** How to train. */
export interface TrainSettings extends Omit<TrainArguments, 'data' | 'dev' | 'out' | 'validation'> {
  /** Only to learn from. */
  readonly extra: readonly Row[];
  /** The part to hold back, or the rows. */
  readonly validation?: number | readonly Row[];
  readonly onStep: (step: TrainingStep) => void;
  /** Aborted when the best so far is to do. */
  readonly signal: AbortSignal;
}

/** What came of training. */
interface Trained {
  /** On the rows that were held back. */
  readonly accuracy: number;
  save(folder: string): Promise<void>;
}

/** What the command is made of; a test brings its own. */
export interface TrainParts {
  /** Throws if an ensemble cannot be saved in the folder. */
  readonly checkTarget: (folder: string) => Promise<void>;
  readonly readRows: ReadRows;
  readonly train: (rows: readonly Row[], settings: TrainSettings) => Promise<Trained>;
}

/** Trains an ensemble and saves it; gives the exit code. */
export async function runTrain(
  { data, dev, out, validation: part, ...settings }: TrainArguments,
  console: Console,
  parts?: TrainParts,
): Promise<number> {
  const { checkTarget, readRows, train } = parts ?? (await realParts());
  await checkTarget(out);
  let bad = 0;
  const read = async (file: string): Promise<readonly Row[]> => {
    const read = await readLabelled(file, console, readRows);
    bad += read.bad;
    return read.rows;
  };
  const files: (readonly Row[])[] = [];
  for (const file of data) files.push(await read(file));
  const [rows = [], ...extra] = files;
  const validation = dev === undefined ? part : await read(dev);
  const abort = new AbortController();
  const progress = new TrainingProgress(console);
  const forget = console.onInterrupt(() => {
    progress.stop();
    say(console, 'saving the best so far; press Ctrl-C again to end at once');
    abort.abort();
  });
  try {
    const trained = await train(rows, {
      ...settings,
      extra: extra.flat(),
      ...(validation === undefined ? {} : { validation }),
      onStep: (step) => progress.update(step),
      signal: abort.signal,
    });
    await trained.save(out);
    progress.stop();
    say(console, `${out}: accuracy ${(trained.accuracy * 100).toFixed(1)} % on the rows that were held back`);
  } finally {
    progress.stop();
    forget();
  }
  if (abort.signal.aborted) return EXIT.interrupted;
  return bad > 0 ? EXIT.deadLetters : EXIT.fine;
}

async function realParts(): Promise<TrainParts> {
  const { checkTarget, saveEnsemble, train } = await import('../../src/ensemble/index.ts');
  return {
    checkTarget,
    readRows: readUsable,
    train: async (rows, { onStep, ...options }) => {
      const trained = await train(rows, { ...options, onProgress: onStep });
      return {
        accuracy: trained.accuracy,
        save: (folder) => saveEnsemble({ ...trained, name: basename(resolve(folder)) }, folder),
      };
    },
  };
}
