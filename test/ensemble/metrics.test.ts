import { expect } from 'chai';
import { accuracyOf, argmax, aucOf, calibrationErrorOf, confusionOf, macroF1Of } from '../../src/ensemble/metrics.ts';

// Literals of this file and of evaluate.test.ts: scikit-learn 1.x on the same rows; the calibration error by NumPy.
describe('metrics', () => {
  it('counts confusions, and what follows from them', () => {
    const truth = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 0, 1];
    const given = [2, 0, 1, 0, 1, 1, 0, 2, 2, 2, 0, 1];
    const confusion = confusionOf(truth, given, 3);
    expect(confusion).to.deep.equal([
      [3, 0, 2],
      [1, 2, 1],
      [0, 2, 1],
    ]);
    expect(accuracyOf(confusion)).to.equal(0.5);
    expect(macroF1Of(confusion)).to.be.closeTo(0.484126984126984, 1e-12);
  });

  it('gives a label that was never met a F1 of 0, and no rows an accuracy of 0', () => {
    expect(macroF1Of(confusionOf([0, 0], [0, 0], 2))).to.equal(0.5);
    expect(accuracyOf(confusionOf([], [], 2))).to.equal(0);
  });

  it('counts ties half in the area under the curve', () => {
    const positive = [0, 0, 1, 0, 1, 1, 1, 0].map(Boolean);
    expect(aucOf(positive, [0.1, 0.5, 0.5, 0.5, 0.9, 0.2, 0.5, 0.7])).to.equal(0.5625);
    expect(aucOf([false, true], [0.1, 0.2])).to.equal(1);
    expect(aucOf([true, false], [0.1, 0.2])).to.equal(0);
    expect(aucOf([true, true], [0.1, 0.2])).to.equal(undefined);
  });

  it('measures how far confidence is from accuracy, bin by bin', () => {
    expect(calibrationErrorOf([1, 1, 1, 1], [true, true, false, false])).to.equal(0.5);
    expect(calibrationErrorOf([0.75, 0.75, 0.75, 0.75], [true, true, true, false])).to.equal(0);
    // Two bins whose errors do not cancel.
    expect(calibrationErrorOf([0.9, 0.6], [false, true])).to.be.closeTo((0.9 + 0.4) / 2, 1e-12);
    expect(calibrationErrorOf([], [])).to.equal(0);
  });

  it('takes the first of equal values', () => {
    expect(argmax([9, 1, 3, 3, 2], 1, 4)).to.equal(1);
    expect(argmax([Number.NaN, 1], 0, 1)).to.equal(0);
  });
});
