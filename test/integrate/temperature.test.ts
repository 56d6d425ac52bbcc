import { expect } from 'chai';
import fc from 'fast-check';
import { LockstepError } from '../../src/errors.ts';
import { logLossOf } from '../../src/evaluate/proper-scores.ts';
import { argmax } from '../../src/integrate/argmax.ts';
import { atTemperature, type Forecast, fitTemperature, weightsAtTemperature } from '../../src/integrate/temperature.ts';
import { weightedVote } from '../../src/integrate/weighted-vote.ts';
import { seededRandom } from '../../src/subtasks/random.ts';
import { ballotOf } from '../../src/testing/index.ts';

const LABELS = 3;
const row = fc
  .array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: LABELS, maxLength: LABELS })
  .map((weights) => weights.map((weight) => weight / weights.reduce((a, b) => a + b)));
const forecasts: fc.Arbitrary<Forecast> = fc
  .array(fc.tuple(row, fc.integer({ min: 0, max: LABELS - 1 })), { minLength: 1, maxLength: 40 })
  .map((rows) => ({
    truth: rows.map(([, label]) => label),
    probabilities: rows.flatMap(([probabilities]) => probabilities),
    labels: LABELS,
  }));

describe('fitTemperature', () => {
  it('changes no label, and makes the log loss on the sample no worse; no other temperature does better', () => {
    fc.assert(
      fc.property(forecasts, fc.double({ min: 0.05, max: 20, noNaN: true }), (forecast, other) => {
        const temperature = fitTemperature(forecast);
        const lossAt = (value: number) =>
          logLossOf({ ...forecast, probabilities: atTemperature(forecast.probabilities, LABELS, value) });
        expect(lossAt(temperature)).to.be.at.most(logLossOf(forecast) + 1e-9);
        expect(lossAt(temperature)).to.be.at.most(lossAt(other) + 1e-9);
        const scaled = atTemperature(forecast.probabilities, LABELS, temperature);
        for (let start = 0; start < scaled.length; start += LABELS) {
          const winner = argmax(forecast.probabilities, start, LABELS);
          expect(scaled[start + winner]).to.equal(Math.max(...scaled.subarray(start, start + LABELS)));
          expect(scaled.subarray(start, start + LABELS).reduce((a, b) => a + b)).to.be.closeTo(1, 1e-9);
        }
      }),
    );
  });

  it('finds the temperature by which a model is too sure', () => {
    const random = seededRandom('temperature');
    const truth: number[] = [];
    const probabilities = Array.from({ length: 20_000 }, () => {
      const p = 0.5 + random() / 2;
      truth.push(random() < p ? 0 : 1);
      return [p, 1 - p];
    }).flat();
    const forecast = { truth, probabilities: atTemperature(probabilities, 2, 0.5), labels: 2 };
    expect(fitTemperature(forecast)).to.be.closeTo(2, 0.1);
  });

  it('stays within bounds where every row is right, or every row is wrong', () => {
    expect(fitTemperature({ truth: [0], probabilities: [0.9, 0.1], labels: 2 })).to.be.closeTo(0.01, 1e-9);
    expect(fitTemperature({ truth: [1], probabilities: [1, 0], labels: 2 })).to.be.closeTo(100, 1e-6);
  });

  it('refuses no rows, and sizes that do not fit', () => {
    expect(() => fitTemperature({ truth: [], probabilities: [], labels: 2 })).to.throw(LockstepError, 'truth');
    expect(() => fitTemperature({ truth: [0], probabilities: [1], labels: 2 })).to.throw(
      LockstepError,
      'probabilities',
    );
  });
});

describe('weightsAtTemperature', () => {
  it('gives the vote whose probabilities are those at the temperature', () => {
    const ballot = ballotOf({ a: 0.8, b: 0.3, c: { a: 0.2, b: 0.7 } });
    const given = { weights: { a: 1, b: 0.5, c: 2 }, bias: { a: 0.1, b: -0.2 } };
    const plain = Object.values(weightedVote(given)(ballot).probabilities);
    const cooled = Object.values(weightedVote(weightsAtTemperature(given, 1.7))(ballot).probabilities);
    for (const [i, p] of atTemperature(plain, 2, 1.7).entries()) expect(cooled[i]).to.be.closeTo(p, 1e-9);
  });
});
