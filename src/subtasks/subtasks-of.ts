import type { Encoded } from '../document/document.ts';
import type { ModelThread } from './model-thread.ts';
import type { NetworkConfig } from './network-config.ts';
import type { Subtask } from './subtask.ts';

/** The lanes of a network as subtasks, in their order, which `thread` computes. */
export function subtasksOf({ lanes }: Pick<NetworkConfig, 'lanes'>, thread: ModelThread): Subtask<Encoded>[] {
  return lanes.map(({ name, labels }) => ({
    name,
    labels,
    score: (documents, signal) => thread.score(name, documents, signal),
  }));
}
