import { fitted, widthOf } from '../text-width.ts';
import type { CountersSnapshot } from './counters.ts';
import type { TimelineModel } from './timeline-model.ts';
import type { Picture } from './timeline-picture.ts';
import { LEGEND, type LegendPart } from './timeline-stages.ts';

/** What a picture says when nothing was issued. */
export const NOTHING = 'Nothing was issued.';

/** What the row of stalls and bubbles is called. */
export const NOT_ISSUED = 'not issued';

const WIDEST_NAME = 20;

/** The name of a lane, if need be cut, without what could upset a terminal. */
export function laneLabel(name: string): string {
  return fitted(name, Math.min(WIDEST_NAME, widthOf(name)));
}

export function batchLabel({ batch, documents }: { readonly batch: number; readonly documents: number }): string {
  return `batch ${batch} ×${documents}`;
}

/** The parts of the legend that a picture needs. */
export function legendOf({ stages }: Picture): LegendPart[] {
  return LEGEND.map((part) => ({ ...part, stages: part.stages.filter((stage) => stages.has(stage)) })).filter(
    (part) => part.stages.length > 0,
  );
}

/** How to read the labels, and what the picture leaves out. */
export function notesOf({ columns, earlier }: Picture): string[] {
  const elided = columns.reduce((sum, column) => sum + column.elided, 0);
  return [
    '× documents of the batch',
    ...(elided > 0 ? [`… ${count(elided, 'cycle')} left out`] : []),
    ...(earlier > 0 ? [`${count(earlier, 'earlier batch', 'earlier batches')} not drawn`] : []),
  ];
}

/** How much was issued, and how well. */
export function totalsOf({ cycles, totals }: TimelineModel): string[] {
  const { batches, documents, meanBatch, early, stalls, bubbles } = totals;
  return [
    count(cycles, 'cycle'),
    `${count(documents, 'document')} in ${count(batches, 'batch', 'batches')}`,
    `mean batch ${number(meanBatch)}`,
    ...(early > 0 ? [`${number(early)} early`] : []),
    count(stalls, 'stall'),
    count(bubbles, 'bubble'),
  ];
}

/** What did not go well, and why. */
export function failuresOf({ totals }: TimelineModel): string[] {
  const { lanes, rejected } = totals;
  return [
    count(abstentionsOf(totals), 'abstention'),
    ...Object.entries(lanes).flatMap(([name, { reasons }]) => {
      const why = Object.entries(reasons).map(([code, times]) => `${number(times)} × ${code}`);
      return why.length > 0 ? [`${laneLabel(name)}: ${why.join(', ')}`] : [];
    }),
    ...(rejected > 0 ? [count(rejected, 'dead letter')] : []),
  ];
}

function abstentionsOf({ lanes }: CountersSnapshot): number {
  return Object.values(lanes).reduce((sum, { abstentions }) => sum + abstentions, 0);
}

function count(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 });
}
