import type { Row } from '../ensemble/rows.ts';
import type { Ensemble } from '../ensemble/types.ts';
import { invalidArgument, LockstepError } from '../errors.ts';
import { argmax } from '../integrate/argmax.ts';
import { BranchRule } from '../integrate/branch-rule.ts';
import { topTwo } from '../integrate/decide.ts';
import { scoreTexts } from './score-texts.ts';

/** What a margin of an early branch would bring. */
export interface EarlyBranchPoint {
  /** In log-odds. */
  readonly margin: number;
  /** The share of rows about which costly lanes are not asked. */
  readonly skipped: number;
  readonly accuracy: number;
}

/** The margin that was found, and what others would bring. */
export interface EarlyBranchFit extends EarlyBranchPoint {
  /** From the largest margin, which skips nobody, to 0: a point for each hundredth of the rows. */
  readonly curve: readonly EarlyBranchPoint[];
}

const POINTS = 100;

/**
 * Finds how far a label must lead after the cheap lanes for `branchEarly` to skip the costly ones: the smallest margin such that neither it
 * nor a larger one costs more accuracy than `loss` on the rows. Take rows that the ensemble has not learned from, and judge by others.
 *
 * @example
 * ```ts
 * const { rows } = await readRows('held-back.tsv', { labels: news.labels });
 * const { margin, skipped } = await fitEarlyBranch(news, rows);
 * const fast = branchEarly(news, { margin });
 * ```
 * @param options.loss accuracy that may be lost, 0 to 1. @default 0
 * @throws LockstepError `INVALID_DATA` if there are no rows, or the ensemble has no lane that costs something beside one that does not.
 */
export async function fitEarlyBranch(
  ensemble: Ensemble,
  rows: readonly Row[],
  { loss = 0 }: { readonly loss?: number | undefined } = {},
): Promise<EarlyBranchFit> {
  if (!(loss >= 0 && loss <= 1)) throw invalidArgument('loss', 'a number from 0 to 1', loss);
  if (rows.length === 0) throw new LockstepError('INVALID_DATA', 'Expected rows to fit an early branch to, got none');
  const cheap = ensemble.subtasks.map(({ cost = 0 }) => cost === 0);
  if (!(cheap.includes(true) && cheap.includes(false)))
    throw new LockstepError('INVALID_DATA', 'Expected an ensemble with lanes that cost something, and others');
  const panel = await scoreTexts(
    ensemble,
    rows.map(({ text }) => text),
  );
  const { layout, answers } = panel;
  const rule = new BranchRule(layout, ensemble, 0);
  const all = [...rows.keys()];
  const evidenceOf = (lanes: readonly number[]): Float64Array => {
    const evidence = rule.start(rows.length);
    for (const lane of lanes) rule.hear(evidence, lane, all, answers[lane] ?? []);
    return evidence;
  };
  const early = evidenceOf([...cheap.keys()].filter((lane) => cheap[lane]));
  const late = evidenceOf([...cheap.keys()]);
  const size = layout.labels.length;
  const branches = rows.map(({ label }, row) => {
    const own = early.subarray(row * size, (row + 1) * size);
    const [winner, runnerUp] = topTwo(own);
    return {
      margin: runnerUp === undefined ? Number.POSITIVE_INFINITY : (own[winner] ?? 0) - (own[runnerUp] ?? 0),
      early: layout.labels[winner] === label,
      late: layout.labels[argmax(late, row * size, size)] === label,
    };
  });
  return fitMargin(branches, loss);
}

interface Branch {
  readonly margin: number;
  /** Whether the verdict is right without the costly lanes, and with them. */
  readonly early: boolean;
  readonly late: boolean;
}

/** The fit to rows of which all is known. */
export function fitMargin(branches: readonly Branch[], loss: number): EarlyBranchFit {
  const rows = branches.length;
  const sorted = branches.toSorted((a, b) => b.margin - a.margin);
  const full = sorted.filter(({ late }) => late).length;
  const curve: EarlyBranchPoint[] = [{ margin: Number.POSITIVE_INFINITY, skipped: 0, accuracy: full / rows }];
  let best = curve[0] ?? { margin: Number.POSITIVE_INFINITY, skipped: 0, accuracy: 0 };
  let right = full;
  let within = true;
  for (const [index, branch] of sorted.entries()) {
    right += Number(branch.early) - Number(branch.late);
    const skipped = index + 1;
    if (sorted[skipped]?.margin === branch.margin) continue; // rows of equal margin are skipped together
    const point = { margin: branch.margin, skipped: skipped / rows, accuracy: right / rows };
    within &&= full - right <= loss * rows;
    if (within) best = point;
    if (skipped * POINTS >= curve.length * rows) curve.push(point);
  }
  return { ...best, curve };
}
