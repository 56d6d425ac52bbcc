import type { Decomposition } from '../../src/decompose/decompose.ts';

/** Three labels in two lanes. */
export const DECOMPOSITION: Decomposition = {
  method: 'graph',
  labels: ['a', 'b', 'c<&>'],
  groups: [['a', 'b'], ['c<&>']],
  confusion: [
    [20, 8, 2],
    [4, 30, 0],
    [1, 0, 9],
  ],
  within: 0.8,
  withinByChance: 1 / 3,
  cost: { fixed: 10, each: 2 },
  loads: [14, 12],
  balance: 14 / 13,
};
