import { element } from '../../observe/xml.ts';
import type { Evaluation } from '../evaluate-predictions.ts';
import { confusionPlot, MOST_LABELS } from './confusion-plot.ts';
import { coveragePlot } from './coverage-plot.ts';
import { percent, points, pValue, table, tag, words } from './html.ts';
import { lanePlot } from './lane-plot.ts';
import { reliabilityPlot } from './reliability-plot.ts';
import { STYLE } from './style.ts';

/** Nothing is loaded, nothing is run: the page is all there is. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/**
 * An evaluation as one HTML page: figures, a reliability diagram, accuracy against coverage, lanes, labels and confusion, each picture
 * with its table. It is well-formed XML too, looks right on light and on dark screens, and asks nothing of any other place.
 *
 * @example
 * ```ts
 * const { rows } = await readRows('dev.tsv', { labels: news.labels });
 * const html = evaluationPage(news.name, await evaluate(news, rows));
 * ```
 * @param name what was evaluated
 */
export function evaluationPage(name: string, evaluation: Evaluation): string {
  const html = element('html', { lang: 'en' }, [
    element('head', {}, [
      element('meta', { charset: 'utf-8' }),
      element('meta', { 'http-equiv': 'Content-Security-Policy', content: POLICY }),
      element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      tag('title', [words(`${name}: evaluation`)]),
      tag('style', [STYLE]),
    ]),
    tag('body', [tag('main', sections(name, evaluation))]),
  ]);
  return `<!DOCTYPE html>\n${html}\n`;
}

function sections(name: string, evaluation: Evaluation): string[] {
  const { rows, labels, lanes, against, reliability, coverage, confusion, accuracy } = evaluation;
  return [
    tag('h1', [words(name)]),
    paragraph(`Measured on ${rows.toLocaleString('en')} rows of ${labels.length} labels.`, 'faint'),
    tiles(evaluation),
    ...(against ? [heading(`Against ${against.name}`), comparison(name, against)] : []),
    heading('Confidence'),
    paragraph(calibrationWords(evaluation)),
    reliabilityPlot(reliability),
    heading('Reject option'),
    paragraph(
      'If verdicts below a confidence go to people, or nowhere: how many are left, and how many of those are right.',
    ),
    coveragePlot(coverage),
    ...(Object.keys(lanes).length > 0 ? [heading('Lanes'), lanePlot(lanes, accuracy)] : []),
    heading('Labels'),
    labelTable(evaluation),
    heading('Confusion'),
    ...(labels.length > MOST_LABELS ? [paragraph(`The ${MOST_LABELS} labels with the most mistakes.`, 'faint')] : []),
    confusionPlot(labels, confusion),
  ];
}

function tiles({
  accuracy,
  accuracyInterval,
  macroF1,
  macroF1Interval,
  logLoss,
  brier,
  calibrationError,
}: Evaluation): string {
  const tile = (title: string, value: string, note: string): string =>
    tag('li', [words(title), tag('strong', [words(value)]), tag('small', [words(note)])]);
  const between = ([low, high]: readonly [number, number]): string => `95 %: ${percent(low, 2)} to ${percent(high, 2)}`;
  return tag(
    'ul',
    [
      tile('Accuracy', percent(accuracy, 2), between(accuracyInterval)),
      tile('Macro F1', percent(macroF1, 2), between(macroF1Interval)),
      tile('Log loss', logLoss.toFixed(4), `Brier score ${brier.toFixed(4)}`),
      tile('Calibration error', percent(calibrationError, 2), '15 bins of equal mass'),
    ],
    { class: 'tiles' },
  );
}

function comparison(name: string, other: NonNullable<Evaluation['against']>): string {
  const [low, high] = other.differenceInterval;
  return table({
    caption: `${name} against ${other.name} on the same rows; the interval by a bootstrap, p by McNemar’s exact test`,
    head: ['', 'figure'],
    rows: [
      [`accuracy of ${other.name}`, percent(other.accuracy, 2)],
      ['difference, in points', points(other.difference)],
      ['95 % interval', `${points(low)} to ${points(high)}`],
      [`only ${name} right`, other.onlyFirst.toLocaleString('en')],
      [`only ${other.name} right`, other.onlyOther.toLocaleString('en')],
      ['McNemar', pValue(other.pValue)],
    ],
  });
}

function labelTable({ byLabel }: Evaluation): string {
  return table({
    caption: 'Each label against the others',
    head: ['label', 'precision', 'recall', 'F1', 'rows'],
    rows: Object.entries(byLabel).map(([label, { precision, recall, f1, rows }]) => [
      label,
      percent(precision, 2),
      percent(recall, 2),
      percent(f1, 2),
      rows.toLocaleString('en'),
    ]),
  });
}

function calibrationWords({ calibrationError, calibrationErrorByChance }: Evaluation): string {
  const [error, chance] = [percent(calibrationError, 2), percent(calibrationErrorByChance, 2)];
  return `Marks on the diagonal are verdicts as often right as they say. Calibration error ${error}; with so many rows ${chance} is to be expected of exact confidence, too.`;
}

function heading(title: string): string {
  return tag('h2', [words(title)]);
}

function paragraph(content: string, className?: string): string {
  return tag('p', [words(content)], className === undefined ? {} : { class: className });
}
