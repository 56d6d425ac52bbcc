import { expect } from 'chai';
import fc from 'fast-check';
import { pooled, qualityOf, sampleOf, uniformVote } from '../../src/ensemble/pooled.ts';
import { argmax } from '../../src/integrate/argmax.ts';
import { weightedVote } from '../../src/integrate/weighted-vote.ts';
import { ballotOf } from '../../src/testing/ballot-of.ts';

const LABELS = ['a', 'b', 'c'];
const LANES = [
  { name: 'all', labels: LABELS },
  { name: 'one', labels: ['c'] },
];
const score = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(Number.NaN));

describe('pooled', () => {
  it('is the weighted vote, row by row', () => {
    const weight = fc.double({ min: 0, max: 3, noNaN: true });
    const offset = fc.double({ min: -2, max: 2, noNaN: true });
    const votes = fc.record({ weights: fc.tuple(weight, weight), bias: fc.tuple(offset, offset, offset) });
    const all = fc.oneof(
      fc.tuple(...LABELS.map(() => fc.double({ min: 0, max: 1, noNaN: true }))),
      fc.constant(LABELS.map(() => Number.NaN)), // an abstention is one of a whole row
    );
    fc.assert(
      fc.property(all, score, votes, (ofAll, ofOne, { weights, bias }) => {
        const [whole, one] = [Float32Array.from(ofAll), Float32Array.of(ofOne)];
        const sample = sampleOf(LANES, [whole, one], [{ label: 0 }], LABELS);
        const probabilities = pooled(sample, { weights, bias });
        const verdict = weightedVote({
          weights: { all: weights[0], one: weights[1] },
          bias: { a: bias[0], b: bias[1], c: bias[2] },
        })(ballotOf({ all: { a: whole[0] ?? 0, b: whole[1] ?? 0, c: whole[2] ?? 0 }, one: { c: one[0] ?? 0 } }));
        const winner = argmax(probabilities, 0, 3);
        expect(verdict.confidence).to.be.closeTo(probabilities[winner] ?? 0, 1e-9);
        if (verdict.margin > 1e-9) expect(verdict.label).to.equal(LABELS[winner]);
        expect(probabilities.reduce((sum, p) => sum + p, 0)).to.be.closeTo(1, 1e-9);
      }),
    );
  });
});

describe('qualityOf', () => {
  it('gives the share of right rows and the mean log loss', () => {
    const sample = sampleOf(
      [{ labels: ['a', 'b'] }],
      [Float32Array.of(0.8, 0.2, 0.8, 0.2)],
      [{ label: 0 }, { label: 1 }],
      ['a', 'b'],
    );
    // Log-odds of ±ln 4 each way: the vote is as sure as odds of 16 to 1.
    const { accuracy, loss } = qualityOf(sample, pooled(sample, uniformVote(sample)));
    expect(accuracy).to.equal(0.5);
    expect(loss).to.be.closeTo(-(Math.log(16 / 17) + Math.log(1 / 17)) / 2, 1e-6);
  });
});
