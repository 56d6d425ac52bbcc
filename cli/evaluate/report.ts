import { fitted, type Palette, widthOf } from '../terminal.ts';

/** How good something is at telling labels apart. */
interface Score {
  readonly accuracy: number;
  readonly macroF1: number;
}

/** What is shown of an evaluation. */
export interface Report extends Score {
  readonly rows: number;
  readonly labels: readonly string[];
  /** `confusion[i][j]`: rows of label `i` that were given label `j`. */
  readonly confusion: readonly (readonly number[])[];
  /** Expected calibration error, 0 to 1. */
  readonly calibrationError: number;
  readonly lanes: Readonly<Record<string, Score>>;
}

const MARGIN = '  ';

/** Draws an evaluation as text. */
export function reportText(name: string, report: Report, { bold, dim }: Palette): string {
  const { rows, labels, confusion, calibrationError, lanes } = report;
  const names = ['ensemble', ...Object.keys(lanes)];
  const width = Math.max(...names.map(widthOf));
  const scores = [report, ...Object.values(lanes)].map(
    ({ accuracy, macroF1 }, i) =>
      `${MARGIN}${fitted(names[i] ?? '', width)}  ${percent(accuracy)}    ${percent(macroF1)}`,
  );
  return [
    bold(`${name}: ${rows.toLocaleString('en')} rows`),
    '',
    dim(`${MARGIN}${' '.repeat(width)}  accuracy   macro F1`),
    ...scores,
    '',
    `Calibration error ${percent(calibrationError).trim()}`,
    '',
    'Confusion: a row a true label, a column a label given',
    ...confusionLines(labels, confusion, dim),
    '',
  ].join('\n');
}

function confusionLines(
  labels: readonly string[],
  confusion: readonly (readonly number[])[],
  dim: (text: string) => string,
): string[] {
  const first = Math.max(...labels.map(widthOf));
  const widths = labels.map((label, column) =>
    Math.max(widthOf(label), ...confusion.map((row) => String(row[column] ?? 0).length)),
  );
  const line = (head: string, cells: readonly string[]): string =>
    `${MARGIN}${fitted(head, first)}  ${cells.map((cell, i) => fitted(cell, widths[i] ?? 0, 'right')).join('  ')}`;
  return [
    dim(line('', labels)),
    ...labels.map((label, row) =>
      line(
        label,
        labels.map((_, column) => String(confusion[row]?.[column] ?? 0)),
      ),
    ),
  ];
}

function percent(value: number): string {
  return `${(value * 100).toFixed(2).padStart(6)} %`;
}
