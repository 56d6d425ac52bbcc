import { expect } from 'chai';
import fc from 'fast-check';
import { brierOf, logLossOf } from '../../src/evaluate/proper-scores.ts';
import { PROBABILITIES, TRUTH } from './twelve-rows.ts';

const FORECAST = { truth: TRUTH, probabilities: PROBABILITIES.flat(), labels: 3 };

describe('log loss and Brier score', () => {
  it('agree with scikit-learn and NumPy', () => {
    expect(logLossOf(FORECAST)).to.be.closeTo(1.1726744108880287, 1e-12);
    expect(brierOf(FORECAST)).to.be.closeTo(0.6956, 1e-12);
  });

  it('are 0 for one who is sure and right, and large but finite for one who is sure and wrong', () => {
    const sure = { truth: [1], probabilities: [0, 1], labels: 2 };
    expect([logLossOf(sure), brierOf(sure)]).to.deep.equal([0, 0]);
    const wrong = { truth: [0], probabilities: [0, 1], labels: 2 };
    expect(logLossOf(wrong)).to.be.closeTo(-Math.log(1e-15), 1e-9);
    expect(brierOf(wrong)).to.equal(2);
  });

  it('are proper: of what comes true in a share of rows, that share is the best forecast', () => {
    const forecast = (share: number, of: number, said: number) => ({
      truth: Array.from({ length: of }, (_, row) => (row < share ? 1 : 0)),
      probabilities: Array.from({ length: of }, () => [1 - said, said]).flat(),
      labels: 2,
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 19 }),
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        (share, said) => {
          for (const score of [logLossOf, brierOf])
            expect(score(forecast(share, 20, share / 20))).to.be.at.most(score(forecast(share, 20, said)) + 1e-12);
        },
      ),
    );
  });
});
