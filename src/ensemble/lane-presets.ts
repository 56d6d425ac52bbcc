import type { LaneConfig } from '../subtasks/network-config.ts';

/** How a task is decomposed: all labels to each of three unlike lanes, or one lane a label. */
export type LanePreset = 'group' | 'per-class';

const DROPOUT = 0.4;

/**
 * The lanes of a preset. `'group'`: a CNN, an RNN and an FCN, each over all labels. `'per-class'`: one one-vs-rest lane a
 * label, named after it: a CNN for the first, an LSTM for the second, an FCN for the third, and so on in turn.
 */
export function lanesOf(preset: LanePreset, labels: readonly string[]): LaneConfig[] {
  if (preset === 'group') return [cnn('cnn', labels), rnn('rnn', labels), fcn('fcn', labels)];
  const kinds = [cnn, rnn, fcn];
  return labels.map((label, index) => (kinds[index % kinds.length] ?? cnn)(label, [label]));
}

function cnn(name: string, labels: readonly string[]): LaneConfig {
  return { kind: 'cnn', name, labels, widths: [1, 2, 3], filters: 64, dropout: DROPOUT };
}

function rnn(name: string, labels: readonly string[]): LaneConfig {
  return { kind: 'rnn', name, labels, cell: 'lstm', units: 64, bidirectional: true, dropout: DROPOUT };
}

function fcn(name: string, labels: readonly string[]): LaneConfig {
  return { kind: 'fcn', name, labels, hidden: [64], pooling: 'mean', dropout: DROPOUT };
}
