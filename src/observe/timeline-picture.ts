import type { BatchRow, LaneRow, TimelineModel } from './timeline-model.ts';
import { batchStages, edgeStages, laneStages, type Stage } from './timeline-stages.ts';

/** A column of the picture: a cycle, or some that are left out. */
export interface Column {
  /** The cycle; the last of them where some are left out. */
  readonly cycle: number;
  /** How many cycles it stands for and does not draw; 0 where it draws one. */
  readonly elided: number;
}

/** What is in one row and column: nothing, one stage, or two. */
export type Cell = readonly Stage[];

interface PictureLane {
  readonly lane: LaneRow;
  readonly cells: readonly Cell[];
}

export interface PictureBatch {
  readonly row: BatchRow;
  readonly cells: readonly Cell[];
  readonly lanes: readonly PictureLane[];
}

/** What is drawn, as a table; how is up to who draws. */
export interface Picture {
  readonly columns: readonly Column[];
  readonly batches: readonly PictureBatch[];
  /** Stalls and bubbles. */
  readonly edges: readonly Cell[];
  /** How many batches before the first that is drawn are not. */
  readonly earlier: number;
  /** The stages that occur, for the legend. */
  readonly stages: ReadonlySet<Stage>;
}

/** How large a picture may be. */
interface Frame {
  readonly columns: number;
  /** Rows of batches and lanes. */
  readonly rows: number;
  readonly lanes: boolean;
}

/** A longer stretch of cycles without a change is cut down to its first, an ellipsis and its last. */
const LONGEST_STRETCH = 6;

/** The last batches and cycles that fit the frame; at least one of each. */
export function pictureOf(model: TimelineModel, frame: Frame): Picture {
  const { lastCycle, totals } = model;
  const fitting = lastThatFit(model.rows, frame);
  const columns = cutColumns(columnsOf(fitting, lastCycle), frame.columns);
  const firstCycle = columns.find(({ elided }) => elided === 0)?.cycle ?? 0;
  const rows = fitting.filter(({ retired }) => (retired ?? lastCycle) >= firstCycle);

  const stages = new Set<Stage>();
  const cellsOf = (stagesAt: (cycle: number) => Cell): Cell[] =>
    columns.map(({ cycle }) => {
      const cell = stagesAt(cycle);
      for (const stage of cell) stages.add(stage);
      return cell;
    });
  return {
    columns,
    batches: rows.map((row) => ({
      row,
      cells: cellsOf((cycle) => batchStages(row, cycle, lastCycle)),
      lanes: frame.lanes
        ? row.lanes.map((lane) => ({ lane, cells: cellsOf((cycle) => laneStages(row, lane, cycle, lastCycle)) }))
        : [],
    })),
    edges: cellsOf(edgeReader(fitting)),
    earlier: totals.batches - rows.length,
    stages,
  };
}

function lastThatFit(rows: readonly BatchRow[], frame: Frame): BatchRow[] {
  let height = 0;
  const first = rows.findLastIndex(({ lanes }) => {
    height += 1 + (frame.lanes ? lanes.length : 0);
    return height > frame.rows;
  });
  return rows.slice(Math.min(first + 1, rows.length - 1));
}

/** Every cycle in which something changed, and what of the stretches between them is drawn. */
function columnsOf(rows: readonly BatchRow[], lastCycle: number): Column[] {
  const changes = new Set<number>([lastCycle]);
  for (const { issued, retired, lanes, stalled } of rows) {
    changes.add(issued);
    if (retired !== undefined) changes.add(retired);
    for (const { ended } of lanes) if (ended !== undefined) changes.add(ended);
    if (stalled) changes.add(stalled.from).add(stalled.to);
  }
  const columns: Column[] = [];
  let drawn: number | undefined;
  for (const change of [...changes].sort((a, b) => a - b)) {
    let next = drawn === undefined ? change : drawn + 1;
    if (change - next > LONGEST_STRETCH) {
      columns.push({ cycle: next, elided: 0 }, { cycle: change - 2, elided: change - next - 2 });
      next = change - 1;
    }
    for (; next <= change; next++) columns.push({ cycle: next, elided: 0 });
    drawn = change;
  }
  return columns;
}

/** The last columns; the first of them then stands for all before. */
function cutColumns(columns: readonly Column[], count: number): Column[] {
  const cut = columns.length - count;
  const last = columns[cut];
  if (cut <= 0 || !last) return columns.slice();
  return [{ cycle: last.cycle, elided: last.cycle - (columns[0]?.cycle ?? 0) + 1 }, ...columns.slice(cut + 1)];
}

/** Reads stalls and bubbles; to be asked in the order of the cycles. */
function edgeReader(rows: readonly BatchRow[]): (cycle: number) => Cell {
  let index = -1;
  return (cycle) => {
    while ((rows[index + 1]?.issued ?? Number.POSITIVE_INFINITY) <= cycle) index++;
    const before = rows[index];
    return before ? edgeStages(before, rows[index + 1], cycle) : [];
  };
}
