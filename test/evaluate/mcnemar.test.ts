import { expect } from 'chai';
import fc from 'fast-check';
import { mcnemar } from '../../src/evaluate/mcnemar.ts';

describe('mcnemar', () => {
  it('agrees with the binomial test of SciPy', () => {
    for (const [first, second, p] of [
      [5, 5, 1],
      [3, 4, 1],
      [1, 9, 0.021484375],
      [0, 6, 0.03125],
      [12, 30, 0.007915897334896727],
      [700, 800, 0.010559255466711506],
      [0, 0, 1],
    ] as const)
      expect(mcnemar(first, second), `${first} against ${second}`).to.be.closeTo(p, 1e-12);
  });

  it('takes both sides alike, is a probability, and falls as the split gets more uneven', () => {
    const count = fc.integer({ min: 0, max: 3000 });
    fc.assert(
      fc.property(count, count, (a, b) => {
        const p = mcnemar(a, b);
        expect(p).to.be.within(0, 1);
        expect(mcnemar(b, a)).to.equal(p);
        if (Math.min(a, b) > 0) expect(mcnemar(Math.max(a, b) + 1, Math.min(a, b) - 1)).to.be.at.most(p + 1e-12);
      }),
    );
  });
});
