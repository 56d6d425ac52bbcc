import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadEnsemble } from '../ensemble/load.ts';
import type { Row } from '../ensemble/rows.ts';
import type { Ensemble } from '../ensemble/types.ts';
import { type EvaluateOptions, evaluate } from '../evaluate/evaluate.ts';
import type { Evaluation } from '../evaluate/evaluate-predictions.ts';
import { predict } from '../evaluate/predict.ts';
import type { BackendPreference } from '../subtasks/backend.ts';

/** An ensemble on disk, measured. */
export interface Figures {
  /** Of all its files. */
  readonly bytes: number;
  readonly evaluation: Evaluation;
  /** How many texts it labels in a second of processor time, which other work on the machine hardly changes. */
  readonly textsPerSecond: number;
}

/** Options of {@link measure}. */
interface MeasureOptions extends Pick<EvaluateOptions, 'against'> {
  readonly backend?: BackendPreference | undefined;
}

/** So many texts are labelled to take the time. */
const TIMED = 1000;
const RUNS = 5;
const MICROSECONDS = 1e6;

/** Measures an ensemble on disk on labelled rows; gives also the label of each row. */
export async function measure(
  folder: string | URL,
  rows: readonly Row[],
  { backend, against }: MeasureOptions = {},
): Promise<{ readonly figures: Figures; readonly given: readonly string[] }> {
  const ensemble = await loadEnsemble(folder, { backend, thread: false });
  try {
    const evaluation = await evaluate(ensemble, rows, { against });
    const texts = rows.map(({ text }) => text);
    const given = (await predict(ensemble, texts)).map(({ label }) => label);
    const textsPerSecond = await speedOf(ensemble, texts.slice(0, TIMED));
    return { figures: { bytes: await sizeOf(folder), evaluation, textsPerSecond }, given };
  } finally {
    await ensemble.close();
  }
}

/** By the fastest of some runs, for all that disturbs a run makes it slower. */
async function speedOf(ensemble: Ensemble, texts: readonly string[]): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) {
    const start = process.cpuUsage();
    await predict(ensemble, texts);
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, user + system);
  }
  return (texts.length / Math.max(least, 1)) * MICROSECONDS;
}

/** The bytes of all files in a folder. */
export async function sizeOf(folder: string | URL): Promise<number> {
  const path = pathOf(folder);
  const sizes = await Promise.all((await readdir(path)).map((file) => stat(join(path, file))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}

/** A folder as a path. */
export function pathOf(folder: string | URL): string {
  return resolve(folder instanceof URL ? fileURLToPath(folder) : folder);
}
