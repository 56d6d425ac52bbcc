import type { CompressionReport, Figures } from '../../src/ensemble/index.ts';
import type { Palette } from '../terminal.ts';
import { tableLines } from '../text-table.ts';

/** Draws what was done to an ensemble, and what it cost. */
export function reportText({ name, before, after, steps, sameLabel }: CompressionReport, palette: Palette): string {
  const { bold, dim } = palette;
  const right = (head: string) => ({ head, align: 'right' }) as const;
  const row = (what: string, show: (figures: Figures) => string) => [what, show(before), show(after)];
  const against = after.evaluation.against;
  return [
    bold(`${name}: ${size(before.bytes)} → ${size(after.bytes)}`),
    ...tableLines(
      [{ head: '' }, right('before'), right('after')],
      [
        row('size', ({ bytes }) => `${bytes.toLocaleString('en')} B`),
        row('accuracy', ({ evaluation }) => percent(evaluation.accuracy)),
        row('macro F1', ({ evaluation }) => percent(evaluation.macroF1)),
        row('calibration error', ({ evaluation }) => percent(evaluation.calibrationError)),
        row('log loss', ({ evaluation }) => evaluation.logLoss.toFixed(4)),
        row('texts/CPU s', ({ textsPerSecond }) => Math.round(textsPerSecond).toLocaleString('en')),
      ],
      dim,
    ),
    '',
    bold('What was done'),
    ...steps.map((step) => `  ${step}`),
    '',
    bold('What it cost'),
    `  ${percent(sameLabel)} of the ${before.evaluation.rows.toLocaleString('en')} rows get the label of before`,
    ...(against
      ? [
          `  Accuracy ${points(against.difference)} (95 % interval ${against.differenceInterval.map(points).join(' to ')}; McNemar's test, exact: p ${against.pValue.toFixed(4)})`,
        ]
      : []),
    dim('  Measured on the rows by which it was chosen what to do: others may tell a little less well of it'),
    '',
  ].join('\n');
}

function size(bytes: number): string {
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(2)} MB` : `${(bytes / 1000).toFixed(1)} kB`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

/** A difference of shares. */
function points(difference: number): string {
  const text = (Math.abs(difference) * 100).toFixed(2);
  return `${Number(text) === 0 ? '±' : difference < 0 ? '−' : '+'}${text}`;
}
