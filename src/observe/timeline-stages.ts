import type { BatchRow, LaneRow } from './timeline-model.ts';

/** Where a batch can be, what a lane can do, and what can keep an edge from issuing. */
export type Stage =
  | 'issue'
  | 'early'
  | 'execute'
  | 'wait'
  | 'retire'
  | 'reject'
  | 'run'
  | 'answer'
  | 'partial'
  | 'abstain'
  | 'stall'
  | 'bubble';

/** A letter a stage, and what the legend says about it. Upper case is what a batch does on a regular edge, or when it leaves. */
export const STAGES: Readonly<Record<Stage, { readonly letter: string; readonly meaning: string }>> = {
  issue: { letter: 'I', meaning: 'issued' },
  early: { letter: 'i', meaning: 'issued between edges' },
  execute: { letter: 'x', meaning: 'executes' },
  wait: { letter: 'w', meaning: 'waits for its turn' },
  retire: { letter: 'R', meaning: 'retired' },
  reject: { letter: 'D', meaning: 'retired with dead letters' },
  run: { letter: '=', meaning: 'runs' },
  answer: { letter: 'a', meaning: 'answered' },
  partial: { letter: '~', meaning: 'abstained about some' },
  abstain: { letter: '!', meaning: 'abstained' },
  stall: { letter: 's', meaning: 'stall: all full' },
  bubble: { letter: 'o', meaning: 'bubble: nothing waits' },
};

/** A line of the legend. */
export interface LegendPart {
  readonly title: string;
  /** Whether the stages are those of lanes, which may be drawn in another way. */
  readonly lane: boolean;
  readonly stages: readonly Stage[];
}

export const LEGEND: readonly LegendPart[] = [
  { title: 'batch', lane: false, stages: ['issue', 'early', 'execute', 'wait', 'retire', 'reject'] },
  { title: 'lane', lane: true, stages: ['run', 'answer', 'partial', 'abstain'] },
  { title: 'edge', lane: false, stages: ['stall', 'bubble'] },
];

/** The cycle in which the last lane of a batch answered or abstained; undefined while one is out. */
function joinedOn({ lanes }: BatchRow): number | undefined {
  let joined = Number.NEGATIVE_INFINITY;
  for (const { ended } of lanes) {
    if (ended === undefined) return undefined;
    joined = Math.max(joined, ended);
  }
  return joined;
}

/** Where a batch was in a cycle: nowhere, in one stage, or in two if it was issued and retired within it. */
export function batchStages(row: BatchRow, cycle: number, lastCycle: number): Stage[] {
  if (cycle < row.issued || cycle > (row.retired ?? lastCycle)) return [];
  const stages: Stage[] = [];
  if (cycle === row.issued) stages.push(row.early ? 'early' : 'issue');
  if (cycle === row.retired) stages.push(row.rejected > 0 ? 'reject' : 'retire');
  if (stages.length > 0) return stages;
  return cycle > (joinedOn(row) ?? Number.POSITIVE_INFINITY) ? ['wait'] : ['execute'];
}

/** What a lane did about a batch in a cycle. */
export function laneStages(row: BatchRow, lane: LaneRow, cycle: number, lastCycle: number): Stage[] {
  if (cycle < row.issued || cycle > (lane.ended ?? row.retired ?? lastCycle)) return [];
  if (cycle !== lane.ended) return ['run'];
  if (lane.abstained === 0) return ['answer'];
  return lane.abstained < row.documents ? ['partial'] : ['abstain'];
}

/** Why nothing was issued in a cycle, given the batch that was issued last before or in it, and the one after. */
export function edgeStages(before: BatchRow, after: BatchRow | undefined, cycle: number): Stage[] {
  if (before.stalled && cycle >= before.stalled.from && cycle <= before.stalled.to) return ['stall'];
  return after && cycle > before.issued ? ['bubble'] : [];
}
