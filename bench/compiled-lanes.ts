import type { Backend } from '../src/subtasks/backend.ts';
import type { NetworkLane } from '../src/subtasks/lane-config.ts';
import { buildNetwork, type NamedWeights } from '../src/subtasks/network.ts';
import type { NetworkConfig } from '../src/subtasks/network-config.ts';

export const VOCABULARY = 20_000;
export const DIMENSIONS = 100;
/** What is longer is cut; no title is. */
export const LONGEST = 64;
const LABELS = Array.from({ length: 10 }, (_, label) => `${label}`);

/** What takes part, by name. */
export const LANES: Readonly<Record<string, NetworkLane>> = {
  cnn: { kind: 'cnn', name: 'lane', labels: LABELS, widths: [2, 3, 4], filters: 100 },
  dpcnn: { kind: 'dpcnn', name: 'lane', labels: LABELS, filters: 100, blocks: 3 },
  lstm: { kind: 'rnn', name: 'lane', labels: LABELS, cell: 'lstm', units: 64 },
  gru: { kind: 'rnn', name: 'lane', labels: LABELS, cell: 'gru', units: 64 },
  fcn: { kind: 'fcn', name: 'lane', labels: LABELS, hidden: [64], pooling: 'mean' },
  attention: { kind: 'attention', name: 'lane', labels: LABELS, heads: 4, units: 64 },
};

/** A network of one lane. */
export function configOf(lane: NetworkLane): NetworkConfig {
  return {
    vocabularySize: VOCABULARY,
    embedding: { dimensions: DIMENSIONS, shared: true },
    maxLength: LONGEST,
    seed: 7,
    lanes: [lane],
  };
}

/** Weights that nobody trained, but large enough that a mistake shows in the scores. */
export function loudWeights(backend: Backend, config: NetworkConfig): NamedWeights {
  const network = buildNetwork(backend, config);
  try {
    return new Map(
      [...network.getWeights()].map(([name, { shape, data }]) => {
        const scale = name.endsWith('embedding') ? 20 : 1;
        const shift = shape.length === 1 ? 0.1 : 0;
        return [name, { shape, data: data.map((value, at) => value * scale + shift * Math.sin(at + 1)) }];
      }),
    );
  } finally {
    network.dispose();
  }
}
