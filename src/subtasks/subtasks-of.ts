import type { Document, Encoded } from '../document/document.ts';
import type { LaneConfig } from './lane-config.ts';
import { costOf } from './lane-cost.ts';
import type { ModelThread } from './model-thread.ts';
import type { Subtask } from './subtask.ts';

/** Lanes as subtasks, in their order, which `thread` computes. */
export function subtasksOf(lanes: readonly LaneConfig[], thread: ModelThread): Subtask<Document & Encoded>[] {
  return lanes.map((lane) => ({
    name: lane.name,
    labels: lane.labels,
    cost: costOf(lane),
    score: (documents, signal) => thread.score(lane.name, documents, signal),
  }));
}
