import { fitted, widthOf } from '../text-width.ts';
import { packed } from './packed.ts';
import type { TimelineModel } from './timeline-model.ts';
import { type Cell, type Column, type Picture, pictureOf } from './timeline-picture.ts';
import { type Tick, ticksOf } from './timeline-ruler.ts';
import { STAGES, type Stage } from './timeline-stages.ts';
import {
  batchLabel,
  failuresOf,
  laneLabel,
  legendOf,
  NOT_ISSUED,
  NOTHING,
  notesOf,
  totalsOf,
} from './timeline-words.ts';

/** How a timeline is drawn in a terminal, with every default filled in. */
interface TextFrame {
  readonly color: boolean;
  readonly width: number;
  readonly rows: number;
  readonly lanes: boolean;
}

/** A cycle takes two columns of the terminal: a letter and a space, or two letters. */
const PITCH = 2;
/** However narrow the terminal, so many cycles are drawn. */
const FEWEST_COLUMNS = 8;
const GAP = ' ';
const ELLIPSIS = '…';
const LEGEND_GAP = '   ';

/** SGR codes. What a batch does is a coloured bar, what a lane does a coloured letter. */
const COLORS: Readonly<Record<Stage, string>> = {
  issue: '1;97;44',
  early: '1;97;44',
  execute: '30;46',
  wait: '30;43',
  retire: '1;30;42',
  reject: '1;97;41',
  run: '36',
  answer: '1;32',
  partial: '1;33',
  abstain: '1;31',
  stall: '1;33',
  bubble: '36',
};
const BOLD = '1';
const DIM = '2';

type Paint = (text: string, code: string) => string;

interface Sheet {
  readonly labelWidth: number;
  readonly gridWidth: number;
  readonly paint: Paint;
}

/** Draws a timeline in monospaced characters. */
export function textOf(model: TimelineModel, { color, width, rows, lanes }: TextFrame): string {
  if (model.totals.batches === 0) return NOTHING;
  const paint: Paint = color ? (text, code) => `\u001B[${code}m${text}\u001B[0m` : (text) => text;
  const labelWidth = labelWidthOf(model, lanes);
  const gridWidth = Math.max(FEWEST_COLUMNS * PITCH, width - labelWidth - GAP.length);
  const columns = Math.floor(gridWidth / PITCH);
  const picture = pictureOf(model, { columns, rows, lanes });
  return [
    ...gridLines(picture, { labelWidth, gridWidth, paint }),
    '',
    ...legendLines(picture, width, paint),
    ...wrapped(notesOf(picture).map(plain), width, LEGEND_GAP).map((line) => paint(line, DIM)),
    '',
    ...wrapped(totalsOf(model).map(plain), width, ' · '),
    ...wrapped(failuresOf(model).map(plain), width, ' · '),
  ].join('\n');
}

function labelWidthOf({ rows, totals }: TimelineModel, lanes: boolean): number {
  const names = lanes ? Object.keys(totals.lanes) : [];
  return Math.max(
    NOT_ISSUED.length,
    ...rows.map((row) => batchLabel(row).length),
    ...names.map((name) => widthOf(laneLabel(name)) + GAP.length),
  );
}

function gridLines({ columns, batches, edges }: Picture, { labelWidth, gridWidth, paint }: Sheet): string[] {
  const ticks = ticksOf(columns, (label) => Math.ceil((label.length + GAP.length) / PITCH));
  const guides = new Set(ticks.map(({ column }) => column));
  const labelled = (label: string, code: string, align: 'left' | 'right', grid: readonly string[]): string =>
    `${paint(fitted(label, labelWidth, align), code)}${GAP}${grid.join('')}`.trimEnd();
  const draw = (cells: readonly Cell[], dotted: boolean): string[] =>
    cells.map((cell, index) => drawCell(cell, columns[index], dotted && guides.has(index), paint));

  const lines = [labelled('cycle', DIM, 'left', [rulerOf(columns, ticks, gridWidth)])];
  for (const { row, cells, lanes } of batches) {
    lines.push(labelled(batchLabel(row), BOLD, 'left', draw(cells, true)));
    for (const { lane, cells } of lanes) lines.push(labelled(laneLabel(lane.name), DIM, 'right', draw(cells, false)));
  }
  if (edges.some((cell) => cell.length > 0)) lines.push(labelled(NOT_ISSUED, DIM, 'left', draw(edges, true)));
  return lines;
}

function rulerOf(columns: readonly Column[], ticks: readonly Tick[], width: number): string {
  const marks = [
    ...ticks,
    ...columns.flatMap(({ elided }, column) => (elided > 0 ? [{ column, label: ELLIPSIS }] : [])),
  ].sort((a, b) => a.column - b.column);
  let ruler = '';
  for (const { column, label } of marks) {
    const start = column * PITCH;
    if (start >= ruler.length && start + label.length <= width) ruler = ruler.padEnd(start) + label;
  }
  return ruler;
}

function drawCell(cell: Cell, column: Column | undefined, dotted: boolean, paint: Paint): string {
  const [first, second] = cell;
  if (!first) return dotted ? `${paint('·', DIM)} ` : '  ';
  if (column && column.elided > 0) return paint(`${ELLIPSIS} `, COLORS[first]);
  if (!second) return paint(`${STAGES[first].letter} `, COLORS[first]);
  return paint(STAGES[first].letter, COLORS[first]) + paint(STAGES[second].letter, COLORS[second]);
}

function legendLines(picture: Picture, width: number, paint: Paint): string[] {
  const parts = legendOf(picture);
  const indent = Math.max(...parts.map(({ title }) => title.length)) + GAP.length;
  return parts.flatMap(({ title, stages }) => {
    const entries = stages.map((stage) => {
      const { letter, meaning } = STAGES[stage];
      return { words: `${paint(letter, COLORS[stage])} ${meaning}`, width: letter.length + 1 + meaning.length };
    });
    return wrapped(entries, width - indent, LEGEND_GAP).map(
      (line, index) => paint((index === 0 ? title : '').padEnd(indent), DIM) + line,
    );
  });
}

/** Words, coloured or not, with the columns that they take. */
interface Entry {
  readonly words: string;
  readonly width: number;
}

function plain(words: string): Entry {
  return { words, width: widthOf(words) };
}

function wrapped(entries: readonly Entry[], width: number, separator: string): string[] {
  return packed(entries, width, separator.length).map((line) => line.map(({ words }) => words).join(separator));
}
