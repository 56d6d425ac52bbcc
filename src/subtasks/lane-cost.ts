import type { LaneConfig } from './lane-config.ts';

/** Of embeddings, about. */
const DIMENSIONS = 100;
const WIDTH = 3;
const GATES = { lstm: 4, gru: 3 } as const;

/**
 * About how many multiplications and additions of vectors' components a compiled lane does for a token, so that lanes can be asked in a
 * sensible order. Lanes over n-grams share what they look up, and count as 0.
 */
export function costOf(lane: LaneConfig): number {
  switch (lane.kind) {
    case 'ngrams':
      return 0;
    case 'cnn':
      return lane.filters * lane.widths.reduce((sum, width) => sum + width, 0);
    case 'dpcnn':
      // Each block has two convolutions over half the positions of the one before.
      return 2 * (2 - 2 ** (1 - lane.blocks)) * WIDTH * lane.filters ** 2;
    case 'rnn':
      return (lane.bidirectional ? 2 : 1) * GATES[lane.cell] * lane.units ** 2;
    case 'fcn':
      return lane.hidden[0] ?? DIMENSIONS;
    case 'attention':
      return lane.heads * DIMENSIONS;
  }
}
