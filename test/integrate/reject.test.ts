import { expect } from 'chai';
import fc from 'fast-check';
import { withReject } from '../../src/integrate/reject.ts';
import { weightedVote } from '../../src/integrate/weighted-vote.ts';
import { ballotOf } from '../../src/testing/index.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('withReject', () => {
  it('changes nothing but whether a verdict is uncertain, and that by its confidence alone', () => {
    fc.assert(
      fc.property(fc.tuple(share, share, share), share, ([a, b, c], minConfidence) => {
        const ballot = ballotOf({ a, b, c });
        const plain = weightedVote()(ballot);
        const verdict = withReject(weightedVote(), minConfidence)(ballot);
        expect(verdict.uncertain).to.equal(plain.confidence < minConfidence);
        expect(JSON.parse(JSON.stringify(verdict))).to.deep.equal({
          ...JSON.parse(JSON.stringify(plain)),
          uncertain: verdict.uncertain,
        });
        expect(verdict.lanes).to.deep.equal(plain.lanes);
        expect(verdict.probabilities).to.deep.equal(plain.probabilities);
      }),
    );
  });

  it('takes a verdict of just that confidence for sure', () => {
    const { confidence } = weightedVote()(ballotOf({ a: 0.7, b: 0.4 }));
    expect(withReject(weightedVote(), confidence)(ballotOf({ a: 0.7, b: 0.4 })).uncertain).to.equal(false);
  });
});
