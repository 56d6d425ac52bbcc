import { expect } from 'chai';
import { evaluatePredictions } from '../../src/evaluate/evaluate-predictions.ts';
import { GIVEN, LABELS, PROBABILITIES, TRUTH } from './twelve-rows.ts';

const column = (label: number) => PROBABILITIES.map((row) => row[label] ?? 0);

describe('evaluatePredictions', () => {
  const result = evaluatePredictions({
    labels: LABELS,
    truth: TRUTH,
    probabilities: PROBABILITIES.flat(),
    lanes: [
      { name: 'one', labels: ['b'], scores: column(1) },
      { name: 'all', labels: ['c', 'b', 'a'], scores: PROBABILITIES.flatMap((row) => [...row].reverse()) },
      { name: 'two', labels: ['a', 'c'], scores: PROBABILITIES.flatMap(([a = 0, , c = 0]) => [a, c]) },
    ],
  });

  it('measures the ensemble', () => {
    expect(result).to.include({ rows: 12, accuracy: 0.5, labels: LABELS });
    expect(result.macroF1).to.be.closeTo(0.484126984126984, 1e-12);
    expect(result.logLoss).to.be.closeTo(1.1726744108880287, 1e-12);
    expect(result.brier).to.be.closeTo(0.6956, 1e-12);
    expect(result.calibrationError).to.be.closeTo(0.521666666666667, 1e-12);
    expect(result.byLabel.c).to.deep.equal({ precision: 0.25, recall: 1 / 3, f1: 2 / 7, rows: 3 });
    expect(result.confusion).to.deep.equal([
      [3, 0, 2],
      [1, 2, 1],
      [0, 2, 1],
    ]);
    expect(result.reliability).to.have.length(12);
    expect(result.coverage.at(-1)).to.deep.equal({ minConfidence: 0.42, coverage: 1, accuracy: 0.5 });
    expect(result).not.to.have.property('against');
  });

  it('gives accuracy and macro F1 intervals, which depend on the seed alone', () => {
    for (const [figure, interval] of [
      [result.accuracy, result.accuracyInterval],
      [result.macroF1, result.macroF1Interval],
    ] as const) {
      expect(interval[0]).to.be.within(0, figure);
      expect(interval[1]).to.be.within(figure, 1);
    }
    const given = { labels: LABELS, truth: TRUTH, probabilities: PROBABILITIES.flat(), lanes: [] };
    const { accuracyInterval, macroF1Interval } = evaluatePredictions(given, { seed: 1 });
    expect(result).to.deep.include({ accuracyInterval, macroF1Interval });
    expect(evaluatePredictions(given, { seed: 2 }).macroF1Interval).not.to.deep.equal(macroF1Interval);
  });

  it('measures a lane over one label by its own yes or no, and the ensemble by the same question', () => {
    const { one } = result.lanes;
    expect(one).to.include({ question: 'b or not', accuracy: 0.75, auc: 0.59375 });
    expect(one?.macroF1).to.be.closeTo(0.697478991596639, 1e-12);
    expect(one?.ensemble).to.deep.equal({ accuracy: one?.accuracy, macroF1: one?.macroF1, auc: one?.auc });
    expect(one).not.to.have.property('without');
  });

  it('measures a lane over several labels by the rows of those', () => {
    const { all, two } = result.lanes;
    expect(all).to.include({ question: 'c, b or a' });
    // Of equal scores the first in the order of the lane wins: the tie between a and c goes to c here.
    expect(all?.accuracy).to.be.closeTo(5 / 12, 1e-12);
    expect(all?.ensemble).to.deep.equal({ accuracy: all?.accuracy, macroF1: all?.macroF1 });
    // Of the five rows of a three (one of them a tie), of the three of c all.
    expect(two).to.include({ question: 'a or c', accuracy: 6 / 8 });
  });

  it('says what the ensemble is without a lane', () => {
    const without = GIVEN.map((label, row) => (row === 3 || row === 6 ? 1 : label)); // two of a are lost
    const { lanes } = evaluatePredictions({
      labels: LABELS,
      truth: TRUTH,
      probabilities: PROBABILITIES.flat(),
      lanes: [{ name: 'one', labels: ['b'], scores: column(1), without }],
    });
    expect(lanes.one?.without).to.deep.include({ accuracy: 4 / 12, pValue: 0.5 });
  });

  it('compares with what something else gave, also labels that are unknown here', () => {
    const { against } = evaluatePredictions({
      labels: LABELS,
      truth: TRUTH,
      probabilities: PROBABILITIES.flat(),
      lanes: [],
      against: { name: 'SVM', given: TRUTH.map((label, row) => (row === 0 ? -1 : label)) },
    });
    expect(against).to.include({ name: 'SVM', accuracy: 11 / 12, onlyFirst: 0, onlyOther: 5, pValue: 0.0625 });
  });

  it('takes sets of many labels', () => {
    const labels = Array.from({ length: 1000 }, (_, i) => `label ${i}`);
    const truth = labels.map((_, row) => row);
    const probabilities = new Float64Array(1e6);
    for (const row of truth) probabilities[row * 1000 + row] = 1;
    const { accuracy, macroF1Interval } = evaluatePredictions({ labels, truth, probabilities, lanes: [] });
    expect(accuracy).to.equal(1);
    // A sample of a thousand rows leaves about a third of the labels without one.
    expect(macroF1Interval[0]).to.be.closeTo(0.61, 0.03);
  });

  it('refuses sizes that do not fit, and no rows', () => {
    const base = { labels: LABELS, truth: [0], probabilities: [1, 0, 0], lanes: [] };
    expect(() => evaluatePredictions({ ...base, probabilities: [1] })).to.throw('Expected `probabilities`');
    const lane = { name: 'x', labels: ['a'], scores: [1] };
    expect(() => evaluatePredictions({ ...base, lanes: [{ ...lane, scores: [1, 2] }] })).to.throw(
      'Expected `lanes.x.scores`',
    );
    expect(() => evaluatePredictions({ ...base, lanes: [{ ...lane, without: [] }] })).to.throw(
      'Expected `lanes.x.without`',
    );
    expect(() => evaluatePredictions({ ...base, against: { name: 'x', given: [] } })).to.throw(
      'Expected `against.given`',
    );
    expect(() => evaluatePredictions({ ...base, truth: [], probabilities: [] })).to.throw('Expected `truth`');
  });
});
