import type { NgramsConfig } from '../../subtasks/lane-config.ts';
import { NgramScorer } from '../../subtasks/ngrams/ngram-scorer.ts';
import { groupsOf, type NgramsLane, type NgramTable } from '../../subtasks/ngrams/ngram-table.ts';
import { type CountedRows, countRows } from './count-rows.ts';
import { fitLinear } from './fit-linear.ts';
import { logCountRatios } from './naive-bayes.ts';
import { type Calibration, calibrate } from './platt.ts';
import { pruned } from './prune.ts';

/** A text whose label is known. */
interface LabelledText {
  readonly text: string;
  /** The index of its label. */
  readonly label: number;
}

/** How lanes over n-grams are fitted. */
interface NgramFitOptions {
  /** All labels, by their indices. */
  readonly labels: readonly string[];
  readonly seed: number;
  /** Is told how much is done, 0 to 1. */
  readonly onProgress?: ((done: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const COST = 1;
const MIN_COUNT = 1;
const SIZE = 100_000;

/**
 * Fits lanes over n-grams: for each label of each a linear support vector machine, this label against the rest. What they say
 * are margins until {@link calibrated} has made probabilities of them. Between labels the event loop gets its turn, and if
 * `signal` was aborted, the labels that are left keep silent.
 */
export async function fitNgrams(
  lanes: readonly NgramsConfig[],
  examples: readonly LabelledText[],
  { labels, seed, onProgress, signal }: NgramFitOptions,
): Promise<NgramsLane[]> {
  const texts = examples.map(({ text }) => text);
  const all = lanes.reduce((sum, lane) => sum + lane.labels.length, 0);
  const tables = new Map<string, NgramTable[]>();
  let done = 0;
  for (const group of groupsOf(lanes.map((config) => ({ config })))) {
    let counted: { readonly rows: CountedRows; readonly minCount: number } | undefined;
    for (const { config } of group) {
      const { minCount = MIN_COUNT } = config;
      if (counted?.minCount !== minCount) counted = { rows: countRows(texts, config.features, minCount), minCount };
      const own: NgramTable[] = [];
      for (const label of config.labels) {
        const index = labels.indexOf(label);
        own.push(
          signal?.aborted
            ? SILENT
            : tableOf(config, counted.rows, (row) => examples[row]?.label === index, `${seed}/${config.name}/${label}`),
        );
        done += 1;
        onProgress?.(done / all);
        await new Promise((resolve) => setImmediate(resolve));
      }
      tables.set(config.name, own);
    }
  }
  return lanes.map((config) => ({ config, tables: tables.get(config.name) ?? [] }));
}

const SILENT: NgramTable = { keys: new Int32Array(), weights: new Int8Array(), scale: 1, bias: 0 };

function tableOf(
  { weighting = 'naive-bayes', cost = COST, size = SIZE }: NgramsConfig,
  rows: CountedRows,
  isPositive: (row: number) => boolean,
  seed: string,
): NgramTable {
  const scales = weighting === 'none' ? new Float32Array(rows.width).fill(1) : logCountRatios(rows, isPositive);
  return pruned(rows, fitLinear(rows, isPositive, { scales, cost, seed }), size);
}

/** Lanes, and examples that they were not fitted to. */
export interface Trial {
  readonly lanes: readonly NgramsLane[];
  readonly examples: readonly LabelledText[];
}

/**
 * How the margins of each table become log-odds, as suits examples that the lanes were not fitted to: of all trials together, in which
 * the same lanes were fitted to different examples.
 */
export function calibrationsOf(trials: readonly Trial[], labels: readonly string[]): Calibration[][] {
  const truth = trials.flatMap(({ examples }) => examples.map(({ label }) => label));
  const margins = trials.map(marginsOf);
  return (trials[0]?.lanes ?? []).map(({ config }, lane) =>
    config.labels.map((label, column) => {
      const index = labels.indexOf(label);
      const own = margins.flatMap((trial) => Array.from(trial[lane]?.[column] ?? []));
      return calibrate(own, (row) => truth[row] === index);
    }),
  );
}

/** The margins of the examples of a trial, for each lane and each of its labels. */
function marginsOf({ lanes, examples }: Trial): Float64Array[][] {
  const texts = examples.map(({ text }) => text);
  const margins = new Map<NgramTable, Float64Array>();
  for (const group of groupsOf(lanes)) {
    const odds = new NgramScorer(group).odds(texts);
    const tables = group.flatMap((lane) => lane.tables);
    for (const [column, table] of tables.entries())
      margins.set(
        table,
        Float64Array.from(texts, (_, row) => odds[row * tables.length + column] ?? 0),
      );
  }
  return lanes.map(({ tables }) => tables.map((table) => margins.get(table) ?? new Float64Array()));
}

/** The lanes with margins made log-odds, by the calibrations of their tables or of tables fitted as they were. */
export function calibrated(
  lanes: readonly NgramsLane[],
  calibrations: readonly (readonly Calibration[])[],
): NgramsLane[] {
  return lanes.map(({ config, tables }, lane) => ({
    config,
    tables: tables.map((table, i) => {
      const { slope, offset } = calibrations[lane]?.[i] ?? IDENTITY;
      return { ...table, scale: table.scale * slope, bias: table.bias * slope + offset };
    }),
  }));
}

const IDENTITY: Calibration = { slope: 1, offset: 0 };
