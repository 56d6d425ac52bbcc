import type { Evaluation } from '../../src/ensemble/index.ts';
import type { Palette } from '../terminal.ts';
import { tableLines } from '../text-table.ts';

/** Coverages at which the reject option is shown. */
const COVERAGES = [1, 0.95, 0.9, 0.8, 0.7, 0.5];
/** A matrix of more labels than this is no use on a terminal; the most frequent confusions are. */
const MATRIX = 20;
const SHOWN = 20;

/** Draws an evaluation as text. */
export function reportText(name: string, evaluation: Evaluation, palette: Palette): string {
  const { bold, dim } = palette;
  const sections: [title: string, lines: string[]][] = [
    [
      `${name}: ${count(evaluation.rows, 'row')}, ${count(evaluation.labels.length, 'label')}`,
      overall(evaluation, dim),
    ],
    ['Lanes', lanes(evaluation, dim)],
    ['Labels', labels(evaluation, dim)],
    ['Confidence', confidence(evaluation, dim)],
    evaluation.labels.length <= MATRIX
      ? ['Confusion: a row a true label, a column a label given', matrix(evaluation, dim)]
      : [`Confusion: the ${SHOWN} most frequent`, mostConfused(evaluation, dim)],
    ...(evaluation.against ? [against(name, evaluation.against)] : []),
  ];
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [bold(title), ...lines, ''].join('\n'))
    .join('\n');
}

function overall({ accuracy, accuracyInterval, macroF1, macroF1Interval }: Evaluation, dim: Palette['dim']): string[] {
  return tableLines(
    [{ head: '' }, { head: '', align: 'right' }, { head: '95 % interval' }],
    [
      ['accuracy', percent(accuracy), interval(accuracyInterval)],
      ['macro F1', percent(macroF1), interval(macroF1Interval)],
    ],
    dim,
  );
}

function lanes(evaluation: Evaluation, dim: Palette['dim']): string[] {
  const rows = Object.entries(evaluation.lanes).map(([name, lane]) => [
    name,
    lane.question,
    percent(lane.accuracy),
    percent(lane.macroF1),
    percent(lane.ensemble.accuracy),
    lane.without ? points(lane.without.accuracy - evaluation.accuracy) : '',
    lane.without ? pValue(lane.without.pValue) : '',
  ]);
  if (rows.length === 0) return [];
  return tableLines(
    [
      { head: 'lane' },
      { head: 'question' },
      { head: 'accuracy', align: 'right' },
      { head: 'macro F1', align: 'right' },
      { head: 'ensemble', align: 'right' },
      { head: 'without it', align: 'right' },
      { head: 'p', align: 'right' },
    ],
    rows,
    dim,
  );
}

function labels({ byLabel }: Evaluation, dim: Palette['dim']): string[] {
  const all = Object.entries(byLabel);
  const shown = all.length <= MATRIX ? all : all.toSorted(([, a], [, b]) => a.f1 - b.f1).slice(0, SHOWN);
  const rows = shown.map(([label, { precision, recall, f1, rows }]) => [
    label,
    percent(precision),
    percent(recall),
    percent(f1),
    rows.toLocaleString('en'),
  ]);
  const right = (head: string) => ({ head, align: 'right' }) as const;
  const lines = tableLines(
    [{ head: 'label' }, right('precision'), right('recall'), right('F1'), right('rows')],
    rows,
    dim,
  );
  return shown.length < all.length ? [...lines, dim(`  and ${all.length - shown.length} better ones`)] : lines;
}

function confidence(evaluation: Evaluation, dim: Palette['dim']): string[] {
  const { logLoss, brier, calibrationError, calibrationErrorByChance, coverage } = evaluation;
  const points = new Set(COVERAGES.flatMap((least) => coverage.find((point) => point.coverage >= least) ?? []));
  return [
    `  Log loss ${logLoss.toFixed(4)}, Brier score ${brier.toFixed(4)}`,
    `  Calibration error ${percent(calibrationError)}; ${percent(calibrationErrorByChance)} is to be expected by chance`,
    '',
    ...tableLines(
      [
        { head: 'min. confidence', align: 'right' },
        { head: 'labelled', align: 'right' },
        { head: 'accuracy', align: 'right' },
      ],
      [...points].map((point) => [point.minConfidence.toFixed(3), percent(point.coverage), percent(point.accuracy)]),
      dim,
    ),
  ];
}

function matrix({ labels: names, confusion }: Evaluation, dim: Palette['dim']): string[] {
  return tableLines(
    [{ head: '' }, ...names.map((head) => ({ head, align: 'right' }) as const)],
    confusion.map((line, row) => [names[row] ?? '', ...line.map(String)]),
    dim,
  );
}

function mostConfused({ labels: names, confusion }: Evaluation, dim: Palette['dim']): string[] {
  const pairs = confusion.flatMap((line, truth) =>
    line.flatMap((rows, given) => (rows > 0 && truth !== given ? [{ truth, given, rows }] : [])),
  );
  return tableLines(
    [{ head: 'label' }, { head: 'was given' }, { head: 'rows', align: 'right' }],
    pairs
      .toSorted((a, b) => b.rows - a.rows)
      .slice(0, SHOWN)
      .map(({ truth, given, rows }) => [names[truth] ?? '', names[given] ?? '', rows.toLocaleString('en')]),
    dim,
  );
}

function against(name: string, other: NonNullable<Evaluation['against']>): [title: string, lines: string[]] {
  const [low, high] = other.differenceInterval;
  return [
    `Against ${other.name}`,
    [
      `  Accuracy there ${percent(other.accuracy)}: ${name} is ${points(other.difference)} better (95 % interval ${points(low)} to ${points(high)})`,
      `  Only ${name} right: ${count(other.onlyFirst, 'row')}; only ${other.name} right: ${count(other.onlyOther, 'row')}; McNemar's test, exact: p ${pValue(other.pValue)}`,
    ],
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

/** A difference of shares. */
function points(difference: number): string {
  const text = (Math.abs(difference) * 100).toFixed(2);
  return `${Number(text) === 0 ? '±' : difference < 0 ? '−' : '+'}${text}`;
}

function interval([low, high]: readonly [number, number]): string {
  return `${percent(low)} to ${percent(high)}`;
}

function pValue(p: number): string {
  return p < 0.0001 ? '<0.0001' : p.toFixed(4);
}

function count(value: number, noun: string): string {
  return `${value.toLocaleString('en')} ${noun}${value === 1 ? '' : 's'}`;
}
