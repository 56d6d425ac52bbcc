import { rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { DecomposeMethod } from '../../src/decompose/decompose.ts';
import type { PresetName } from '../../src/ensemble/presets.ts';
import { LockstepError } from '../../src/errors.ts';
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
  readonly folds?: number;
  readonly vectors?: string;
  readonly epochs?: number;
  /** How labels are grouped, for lanes over groups of them in place of all; and in how many groups. */
  readonly decompose?: DecomposeMethod;
  readonly lanes?: number;
  readonly vote?: 'weighted' | 'boosted';
  readonly seed?: number;
  readonly backend?: TensorPreference;
}

/** How to train. */
export interface TrainSettings extends Omit<TrainArguments, 'data' | 'dev' | 'out' | 'validation'> {
  /** Only to learn from. */
  readonly extra: readonly Row[];
  /** The part to hold back, or the rows. */
  readonly validation?: number | readonly Row[];
  /** Where parts of the training are kept until all is done. */
  readonly checkpoint: string;
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
  if (settings.lanes !== undefined && settings.decompose === undefined)
    throw new LockstepError('INVALID_ARGUMENT', 'Expected --decompose beside --lanes');
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
      checkpoint: checkpointOf(out),
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

/** Beside the ensemble, as its own folder holds that and nothing else. */
function checkpointOf(out: string): string {
  const target = resolve(out);
  return join(dirname(target), `.${basename(target)}.training`);
}

/** Groups do not depend on what a lane costs. */
const UNMEASURED = { fixed: 0, each: 1 };

async function realParts(): Promise<TrainParts> {
  const { checkTarget, decomposeClasses, saveEnsemble, train } = await import('../../src/ensemble/index.ts');
  return {
    checkTarget,
    readRows: readUsable,
    train: async (rows, { onStep, decompose: method, lanes, ...options }) => {
      const { labels, seed } = options;
      const own = labels === undefined ? rows : rows.filter(({ label }) => labels.includes(label));
      const groups = method && (await decomposeClasses(own, { method, lanes, seed, cost: UNMEASURED })).groups;
      const trained = await train(rows, { ...options, groups, onProgress: onStep });
      return {
        accuracy: trained.accuracy,
        save: async (folder) => {
          await saveEnsemble({ ...trained, name: basename(resolve(folder)) }, folder);
          // After an interruption the same command is to go on from there.
          if (!options.signal.aborted) await rm(options.checkpoint, { recursive: true, force: true });
        },
      };
    },
  };
}
