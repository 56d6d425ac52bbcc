import { expect } from 'chai';
import fc from 'fast-check';
import { coverageOf } from '../../src/evaluate/coverage.ts';

describe('coverageOf', () => {
  it('goes from the surest rows to all: by hand', () => {
    expect(coverageOf([0.6, 0.9, 0.8, 0.8], [false, true, true, false])).to.deep.equal([
      { minConfidence: 0.9, coverage: 0.25, accuracy: 1 },
      { minConfidence: 0.8, coverage: 0.75, accuracy: 2 / 3 },
      { minConfidence: 0.6, coverage: 1, accuracy: 0.5 },
    ]);
    expect(coverageOf([], [])).to.deep.equal([]);
  });

  it('has at most a point a hundredth, each what `minConfidence` does, the last one all rows', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.boolean()), { minLength: 1, maxLength: 500 });
    fc.assert(
      fc.property(rows, (given) => {
        const confidence = given.map(([value]) => value / 300);
        const points = coverageOf(
          confidence,
          given.map(([, isRight]) => isRight),
        );
        expect(points.length).to.be.within(1, 100);
        expect(points.at(-1)?.coverage).to.equal(1);
        for (const [i, { minConfidence, coverage, accuracy }] of points.entries()) {
          const taken = given.filter((_, row) => (confidence[row] ?? 0) >= minConfidence);
          expect(coverage).to.equal(taken.length / given.length);
          expect(accuracy).to.equal(taken.filter(([, isRight]) => isRight).length / taken.length);
          expect(coverage).to.be.above(points[i - 1]?.coverage ?? 0);
        }
      }),
    );
  });

  it('leaves no wide gap where confidence differs from row to row', () => {
    const points = coverageOf(
      Array.from({ length: 1000 }, (_, row) => row / 1000),
      Array.from({ length: 1000 }, () => true),
    );
    expect(points.map(({ coverage }) => Math.round(coverage * 100))).to.deep.equal(
      Array.from({ length: 100 }, (_, i) => i + 1),
    );
  });
});
