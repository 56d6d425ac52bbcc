import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnsemble } from '../ensemble/load.ts';
import { CARD } from '../ensemble/manifest.ts';
import type { CardNotes } from '../ensemble/model-card.ts';
import { checkTarget, saveEnsemble } from '../ensemble/save.ts';
import { checkCount } from '../errors.ts';
import { cardNotesOf } from './card.ts';
import { type CompressOptions, choose, explore } from './compress.ts';
import { type Figures, measure, pathOf, sizeOf } from './measure.ts';

/** Options of {@link compressEnsemble}. */
export interface CompressEnsembleOptions extends Omit<CompressOptions, 'card'> {
  /** What the card calls the rows. @default 'rows that were given' */
  readonly on?: string | undefined;
}

/** What {@link compressEnsemble} did, and what it cost. Plain JSON. */
export interface CompressionReport {
  readonly name: string;
  readonly before: Figures;
  /** Its evaluation compares with the ensemble before. */
  readonly after: Figures;
  /** What was done to each part, and to the vote, in words. */
  readonly steps: readonly string[];
  /** The share of the rows that get the label of before. */
  readonly sameLabel: number;
}

/** The figures after may take a few more characters in the card than those before. */
const SLACK = '.'.repeat(100);

/**
 * Makes a saved ensemble smaller, and saves what came of it in another folder, or in the same. It is loaded again and measured before the
 * folder appears; its card tells what was done, and what it cost.
 *
 * @example
 * ```ts
 * const { rows } = await readRows('dev.tsv');
 * const { after } = await compressEnsemble('my-model', 'my-small-model', { to: 1_000_000, rows });
 * after.evaluation.accuracy;
 * ```
 * @throws LockstepError `INVALID_ENSEMBLE` if there is none in the folder; else as {@link compress} and {@link saveEnsemble} do.
 */
export async function compressEnsemble(
  folder: string | URL,
  out: string | URL,
  { to, rows, on = 'rows that were given', backend, ...options }: CompressEnsembleOptions,
): Promise<CompressionReport> {
  checkCount('to', to);
  await checkTarget(out);
  const model = await readEnsemble(folder);
  const notes = cardNotesOf(await readFile(join(pathOf(folder), CARD), 'utf8').catch(() => ''));
  const exploration = await explore(model, rows, { backend, ...options });
  const before = await measure(folder, rows, { backend });
  const { precision, steps, ...compressed } = choose(exploration, {
    to,
    card: (done) => cardAfter(notes, on, { before: before.figures, after: before.figures, steps: done }, SLACK),
  });
  const scratch = await mkdtemp(join(tmpdir(), 'lockstep-compress-'));
  try {
    const trial = join(scratch, 'ensemble');
    await saveEnsemble(compressed.model, trial, { precision });
    const against = { name: `${model.name} before`, given: before.given };
    const { figures, given } = await measure(trial, rows, { backend, against });
    const after = { ...figures, bytes: compressed.bytes };
    const card = cardAfter(notes, on, { before: before.figures, after, steps }, '');
    await saveEnsemble(compressed.model, out, { precision, card });
    const same = given.filter((label, row) => label === before.given[row]).length;
    return {
      name: model.name,
      before: before.figures,
      after: { ...after, bytes: await sizeOf(out) },
      steps,
      sameLabel: same / rows.length,
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function cardAfter(
  notes: CardNotes,
  on: string,
  { before, after, steps }: Pick<CompressionReport, 'before' | 'after' | 'steps'>,
  slack: string,
): CardNotes {
  const line = (name: string, { bytes, evaluation }: Figures) =>
    `| ${name} | ${kilobytes(bytes)} | ${percent(evaluation.accuracy)} | ${percent(evaluation.macroF1)} | ${percent(evaluation.calibrationError)} | ${evaluation.logLoss.toFixed(4)} |`;
  const compression = [
    ...steps.map((step) => `- ${step}`),
    '',
    '| | kB | accuracy, % | macro F1, % | calibration error, % | log loss |',
    '|---|---|---|---|---|---|',
    line('before', before),
    line('after', after),
    '',
    `Measured on ${on}, by which it was also chosen what to do: what was lost may be a little more.${slack}`,
  ].join('\n');
  const earlier = notes.compression === undefined ? '' : `${notes.compression}\n\nThen:\n`;
  return {
    ...notes,
    compression: earlier + compression,
    evaluation: { on: `${on}, by which it was chosen how to make the ensemble smaller`, result: after.evaluation },
  };
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toLocaleString('en', { maximumFractionDigits: 0 });
}

function percent(share: number): string {
  return (share * 100).toFixed(2);
}
