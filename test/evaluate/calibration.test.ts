import { expect } from 'chai';
import fc from 'fast-check';
import { calibrationErrorByChance, calibrationErrorOf, reliabilityOf } from '../../src/evaluate/calibration.ts';
import { seededRandom } from '../../src/subtasks/random.ts';
import { CONFIDENCE, IS_RIGHT } from './twelve-rows.ts';

const errorOf = (confidence: readonly number[], isRight: readonly boolean[], bins?: number) =>
  calibrationErrorOf(reliabilityOf(confidence, isRight, bins));

describe('calibration', () => {
  it('agrees with NumPy on four bins of three rows', () => {
    const bins = reliabilityOf(CONFIDENCE, IS_RIGHT, 4);
    expect(bins.map(({ rows }) => rows)).to.deep.equal([3, 3, 3, 3]);
    for (const [i, confidence] of [0.446666666666667, 0.51, 0.59, 0.86].entries())
      expect(bins[i]?.confidence).to.be.closeTo(confidence, 1e-12);
    expect(bins.map(({ accuracy }) => accuracy)).to.deep.equal([1 / 3, 1 / 3, 1, 1 / 3]);
    expect(calibrationErrorOf(bins)).to.be.closeTo(0.306666666666667, 1e-12);
    expect(calibrationErrorByChance(bins)).to.be.closeTo(0.211427188353479, 1e-12);
  });

  it('has a bin a row where there are fewer rows than bins', () => {
    expect(errorOf(CONFIDENCE, IS_RIGHT)).to.be.closeTo(0.521666666666667, 1e-12);
    expect(errorOf([], [])).to.equal(0);
    expect(calibrationErrorByChance([])).to.equal(0);
  });

  it('keeps rows of equal confidence together', () => {
    expect(errorOf([1, 1, 1, 1], [true, true, false, false])).to.equal(0.5);
    expect(reliabilityOf([0.75, 0.75, 0.75, 0.75], [true, true, true, false])).to.deep.equal([
      { rows: 4, confidence: 0.75, accuracy: 0.75 },
    ]);
    // Two bins whose errors do not cancel.
    expect(errorOf([0.9, 0.6], [false, true])).to.be.closeTo((0.9 + 0.4) / 2, 1e-12);
  });

  it('puts each row into one bin, in order of confidence', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.boolean()), { minLength: 1 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 20 }), (given, count) => {
        const confidence = given.map(([value]) => value / 20);
        const bins = reliabilityOf(
          confidence,
          given.map(([, isRight]) => isRight),
          count,
        );
        const total = (part: (bin: (typeof bins)[number]) => number) => bins.reduce((sum, bin) => sum + part(bin), 0);
        expect(bins.length).to.be.at.most(count);
        expect(total((bin) => bin.rows)).to.equal(given.length);
        expect(total((bin) => bin.rows * bin.confidence)).to.be.closeTo(
          confidence.reduce((a, b) => a + b),
          1e-9,
        );
        expect(total((bin) => bin.rows * bin.accuracy)).to.be.closeTo(given.filter(([, right]) => right).length, 1e-9);
        for (const [i, bin] of bins.entries()) expect(bin.confidence).to.be.above(bins[i - 1]?.confidence ?? -1);
      }),
    );
  });

  it('expects by chance about the error that a model has whose confidence is exactly right', () => {
    const random = seededRandom('calibrated');
    const errors: number[] = [];
    const expected: number[] = [];
    for (let trial = 0; trial < 40; trial++) {
      const confidence = Array.from({ length: 600 }, () => 0.4 + 0.6 * random());
      const bins = reliabilityOf(
        confidence,
        confidence.map((share) => random() < share),
      );
      errors.push(calibrationErrorOf(bins));
      expected.push(calibrationErrorByChance(bins));
    }
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(expected) / mean(errors)).to.be.within(0.9, 1.1);
  });
});
