import { widthOf } from '../text-width.ts';
import { packed } from './packed.ts';
import type { TimelineModel } from './timeline-model.ts';
import { type Cell, type Picture, type PictureBatch, pictureOf } from './timeline-picture.ts';
import { ticksOf } from './timeline-ruler.ts';
import { STAGES, type Stage } from './timeline-stages.ts';
import { BATCH_HEIGHT, bar, box, LANE_HEIGHT, label, PITCH, STYLE } from './timeline-svg-marks.ts';
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
import { element, escapeXml } from './xml.ts';

/** The last batches and cycles of a long run: as much as can be looked at. */
const FRAME = { columns: 120, rows: 240, lanes: true };

/** Lengths in pixels. */
const MARGIN = 20;
const RULER_HEIGHT = 22;
const BATCH_GAP = 6;
const LEGEND_HEIGHT = 26;
const LINE_HEIGHT = 18;
const SPACE = 18;
const NARROWEST = 720;
/** About the width of a character. */
const CHARACTER = 7.3;

/** A part of the sheet, drawn from its own top left corner. */
interface Block {
  readonly markup: readonly string[];
  readonly height: number;
}

/** Draws a timeline as an SVG document. */
export function svgOf(model: TimelineModel): string {
  if (model.totals.batches === 0) return sheet(NARROWEST, NOTHING, [lines([[NOTHING]], NARROWEST, 'ink')]);
  const picture = pictureOf(model, FRAME);
  const left = labelWidthOf(picture);
  const width = Math.max(NARROWEST, left + picture.columns.length * PITCH);
  const totals = totalsOf(model);
  return sheet(width, `Pipeline diagram: ${totals.join(', ')}`, [
    grid(picture, left),
    legend(picture, width),
    lines([notesOf(picture)], width, 'faint'),
    lines([totals, failuresOf(model)], width, 'ink'),
  ]);
}

function sheet(innerWidth: number, title: string, blocks: readonly Block[]): string {
  const width = innerWidth + 2 * MARGIN;
  let y = MARGIN;
  const parts: string[] = [];
  for (const { markup, height } of blocks) {
    if (height === 0) continue;
    parts.push(element('g', { transform: `translate(${MARGIN},${y})` }, markup));
    y += height + SPACE;
  }
  const height = y - SPACE + MARGIN;
  return element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${width} ${height}`, role: 'img' },
    [
      element('title', {}, [escapeXml(title)]),
      element('style', {}, [escapeXml(STYLE)]),
      element('rect', { class: 'paper', x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 8 }),
      ...parts,
    ],
  );
}

function labelWidthOf({ batches }: Picture): number {
  const widths = batches.flatMap(({ row, lanes }) => [
    batchLabel(row).length + 1,
    ...lanes.map(({ lane }) => widthOf(laneLabel(lane.name)) + 2),
  ]);
  return Math.ceil(Math.max(...widths) * CHARACTER);
}

function grid(picture: Picture, left: number): Block {
  const rows: string[] = [];
  let y = RULER_HEIGHT;
  for (const batch of picture.batches) {
    rows.push(batchRow(batch, picture, left, y));
    y += BATCH_HEIGHT;
    for (const { lane, cells } of batch.lanes) {
      const first = cells.findIndex((cell) => cell.length > 0);
      const bars = eachStage(cells, (stage, index) =>
        bar(stage, left + index * PITCH, y, { first: index === first, cut: isCut(picture, index) }),
      );
      rows.push(label(left - 10, y + LANE_HEIGHT / 2 + 4, 'faint small right', laneLabel(lane.name)), ...bars);
      y += LANE_HEIGHT;
    }
    y += BATCH_GAP;
  }
  if (picture.edges.some((cell) => cell.length > 0)) {
    const boxes = eachStage(picture.edges, (stage, index) =>
      box(stage, left + index * PITCH, y, { cut: isCut(picture, index) }),
    );
    rows.push(label(0, y + 15, 'faint', NOT_ISSUED), ...boxes);
    y += BATCH_HEIGHT;
  }
  return { markup: [...ruler(picture, left, y), ...rows], height: y };
}

function batchRow({ row, cells }: PictureBatch, picture: Picture, left: number, y: number): string {
  const boxes = cells.flatMap((cell, index) => {
    const width = PITCH / cell.length;
    return cell.map((stage, part) =>
      box(stage, left + index * PITCH + part * width, y, { width, cut: isCut(picture, index) }),
    );
  });
  return label(0, y + 15, 'ink name', batchLabel(row)) + boxes.join('');
}

function ruler({ columns }: Picture, left: number, bottom: number): string[] {
  const middle = (column: number): number => left + (column + 0.5) * PITCH;
  return [
    label(0, 12, 'faint', 'cycle'),
    ...ticksOf(columns, (number) => Math.ceil(((number.length + 1) * CHARACTER) / PITCH)).flatMap((tick) => [
      element('line', {
        class: 'guide',
        x1: middle(tick.column),
        y1: RULER_HEIGHT - 4,
        x2: middle(tick.column),
        y2: bottom,
      }),
      label(middle(tick.column), 12, 'faint tick', tick.label),
    ]),
    ...columns.flatMap(({ elided }, column) => (elided > 0 ? [label(middle(column), 12, 'faint tick', '…')] : [])),
  ];
}

function legend(picture: Picture, width: number): Block {
  const indent = 6 * CHARACTER;
  const markup: string[] = [];
  let y = 0;
  for (const { title, lane, stages } of legendOf(picture)) {
    const entries = stages.map((stage) => {
      const { meaning } = STAGES[stage];
      return { stage, meaning, width: PITCH + 6 + meaning.length * CHARACTER };
    });
    markup.push(label(0, y + 15, 'faint', title));
    for (const line of packed(entries, width - indent, SPACE)) {
      let x = indent;
      for (const entry of line) {
        const mark = lane ? bar(entry.stage, x, y + 4, { first: true }) : box(entry.stage, x, y);
        markup.push(mark, label(x + PITCH + 6, y + 15, 'ink', entry.meaning));
        x += entry.width + SPACE;
      }
      y += LEGEND_HEIGHT;
    }
  }
  return { markup, height: y };
}

/** Paragraphs of short statements. */
function lines(paragraphs: readonly (readonly string[])[], width: number, classes: string): Block {
  const separator = ' · ';
  const all = paragraphs.flatMap((statements) => {
    const entries = statements.map((words) => ({ words, width: widthOf(words) * CHARACTER }));
    return packed(entries, width, separator.length * CHARACTER).map((line) =>
      line.map(({ words }) => words).join(separator),
    );
  });
  return {
    markup: all.map((words, index) => label(0, index * LINE_HEIGHT + 12, classes, words)),
    height: all.length * LINE_HEIGHT,
  };
}

function eachStage(cells: readonly Cell[], draw: (stage: Stage, index: number) => string): string[] {
  return cells.flatMap((cell, index) => cell.map((stage) => draw(stage, index)));
}

function isCut({ columns }: Picture, index: number): boolean {
  return (columns[index]?.elided ?? 0) > 0;
}
