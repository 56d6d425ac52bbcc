import { expect } from 'chai';
import { wilson } from '../../../src/evaluate/page/reliability-plot.ts';

describe('wilson', () => {
  it('agrees with SciPy', () => {
    // binomtest(k, n).proportion_ci(method='wilson')
    for (const [right, rows, low, high] of [
      [90, 100, 0.825634, 0.944771],
      [3, 10, 0.107791, 0.603222],
      [0, 20, 0, 0.161125],
      [20, 20, 0.838875, 1],
    ] as const) {
      const [from, to] = wilson({ rows, accuracy: right / rows });
      expect(from).to.be.closeTo(low, 1e-6);
      expect(to).to.be.closeTo(high, 1e-6);
    }
  });
});
