import { expect } from 'chai';
import { accuracyOf, confusionOf, labelScoresOf, macroF1Of } from '../../src/evaluate/confusion.ts';
import { GIVEN, TRUTH } from './twelve-rows.ts';

describe('confusionOf', () => {
  const confusion = confusionOf(TRUTH, GIVEN, 3);

  it('counts rows by true and given label', () => {
    expect(confusion).to.deep.equal([
      [3, 0, 2],
      [1, 2, 1],
      [0, 2, 1],
    ]);
  });

  it('leads to accuracy, precision, recall and F1', () => {
    expect(accuracyOf(confusion)).to.equal(0.5);
    expect(macroF1Of(confusion)).to.be.closeTo(0.484126984126984, 1e-12);
    const scores = labelScoresOf(confusion);
    expect(scores.map(({ precision }) => precision)).to.deep.equal([0.75, 0.5, 0.25]);
    expect(scores.map(({ recall }) => recall)).to.deep.equal([0.6, 0.5, 1 / 3]);
    expect(scores.map(({ f1 }) => f1)).to.deep.equal([2 / 3, 0.5, 2 / 7]);
    expect(scores.map(({ rows }) => rows)).to.deep.equal([5, 4, 3]);
  });

  it('gives a label that was never met or given zeros, and no rows an accuracy of 0', () => {
    const never = labelScoresOf(confusionOf([0, 0], [0, 0], 2))[1];
    expect(never).to.deep.equal({ precision: 0, recall: 0, f1: 0, rows: 0 });
    expect(macroF1Of(confusionOf([0, 0], [0, 0], 2))).to.equal(0.5);
    expect(accuracyOf(confusionOf([], [], 2))).to.equal(0);
  });

  it('leaves out rows that were given nothing known', () => {
    expect(confusionOf([0, 1, 1], [0, -1, 2], 2)).to.deep.equal([
      [1, 0],
      [0, 0],
    ]);
  });
});
