import { element } from '../../observe/xml.ts';
import { fitted, widthOf } from '../../text-width.ts';
import type { Confusion } from '../confusion.ts';
import { figure } from './html.ts';
import { picture, round, text, tip } from './plot.ts';

/** A matrix of more labels is drawn for those that are mistaken most. */
export const MOST_LABELS = 40;
const LONGEST_NAME = 24;
/** About the width of a character, in pixels. */
const CHARACTER = 7;
/** From here on a cell is dark enough for light digits. */
const DARK = 0.55;
const CELL = { widest: 72, narrowest: 18, height: 28 };
/** A cell narrower than this has no room for its number. */
const ROOM = 30;
const ROOM_FOR_MATRIX = 620;

/** Which labels are taken for which: a row a true label, a column a label given; the darker, the larger the share of the row. */
export function confusionPlot(labels: readonly string[], confusion: Confusion): string {
  const shown = mostMistaken(confusion, MOST_LABELS);
  const names = shown.map((label) => nameOf(labels[label] ?? ''));
  const left = Math.max(...names.map(widthOf)) * CHARACTER + 16;
  const cell = Math.max(CELL.narrowest, Math.min(CELL.widest, Math.floor(ROOM_FOR_MATRIX / shown.length)));
  const isUpright = Math.max(...names.map(widthOf)) * CHARACTER > cell;
  const top = isUpright ? left : 28;
  const cells = shown.flatMap((truth, row) => {
    const total = (confusion[truth] ?? []).reduce((sum, rows) => sum + rows, 0);
    return shown.flatMap((given, column) => {
      const rows = confusion[truth]?.[given] ?? 0;
      const share = total === 0 ? 0 : rows / total;
      const [x, y] = [left + column * cell, top + row * CELL.height];
      const box = { x, y, width: cell, height: CELL.height };
      const words = `${labels[truth]} given ${labels[given]}: ${rows} of ${total} rows`;
      return [
        element('rect', { class: 'cell', ...box, 'fill-opacity': round(share) }, [tip(words)]),
        element('rect', { class: 'frame', ...box }),
        ...(cell >= ROOM && rows > 0
          ? [text(x + cell / 2, y + CELL.height / 2 + 4, `${rows}`, share > DARK ? 'on middle' : 'middle')]
          : []),
      ];
    });
  });
  const heads = names.flatMap((name, i) => {
    const [x, y] = [left + (i + 0.5) * cell, top - 8];
    return [
      text(left - 8, top + (i + 0.5) * CELL.height + 4, name, 'faint end'),
      isUpright
        ? element('g', { transform: `rotate(-90 ${x + 4} ${y})` }, [text(x + 4, y, name, 'faint')])
        : text(x, y, name, 'faint middle'),
    ];
  });
  return figure(
    picture(
      {
        id: 'confusion',
        title: 'Confusion matrix',
        description: 'A row a true label, a column a label given; the darker a cell, the larger its share of the row.',
        width: left + shown.length * cell + 8,
        height: top + shown.length * CELL.height + 8,
      },
      [...cells, ...heads],
    ),
    {
      caption: 'Rows by true label (row) and label given (column)',
      head: ['', ...shown.map((label) => labels[label] ?? '')],
      rows: shown.map((truth) => [
        labels[truth] ?? '',
        ...shown.map((given) => (confusion[truth]?.[given] ?? 0).toLocaleString('en')),
      ]),
    },
  );
}

/** The labels with the most rows that were given another, in their own order. */
function mostMistaken(confusion: Confusion, most: number): number[] {
  const mistakes = confusion.map((line, label) => line.reduce((sum, rows) => sum + rows, 0) - (line[label] ?? 0));
  return Array.from(mistakes.keys())
    .sort((a, b) => (mistakes[b] ?? 0) - (mistakes[a] ?? 0))
    .slice(0, most)
    .sort((a, b) => a - b);
}

function nameOf(label: string): string {
  return fitted(label, Math.min(widthOf(label), LONGEST_NAME));
}
