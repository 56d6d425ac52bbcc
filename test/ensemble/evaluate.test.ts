import { expect } from 'chai';
import { evaluate, evaluatePredictions } from '../../src/ensemble/evaluate.ts';
import type { Ensemble } from '../../src/ensemble/types.ts';
import { weightedVote } from '../../src/integrate/weighted-vote.ts';
import { words } from '../../src/language/tokenizers.ts';
import { Vocabulary } from '../../src/language/vocabulary.ts';
import { subtask } from '../../src/subtasks/subtask.ts';
import { ballotOf } from '../../src/testing/ballot-of.ts';

const LABELS = ['a', 'b', 'c'];
const TRUTH = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 0, 1];
const PROBABILITIES = [
  [0.3, 0.19, 0.51],
  [0.42, 0.3, 0.28],
  [0.21, 0.48, 0.31],
  [0.65, 0.19, 0.16],
  [0.03, 0.78, 0.19],
  [0.04, 0.87, 0.09],
  [0.54, 0.34, 0.12],
  [0.04, 0.03, 0.93],
  [0.18, 0.38, 0.44],
  [0.3, 0.17, 0.53],
  [0.49, 0.02, 0.49],
  [0.26, 0.58, 0.16],
];
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
    expect(result).to.include({ rows: 12, accuracy: 0.5 });
    expect(result.macroF1).to.be.closeTo(0.484126984126984, 1e-12);
    expect(result.calibrationError).to.be.closeTo(0.366666666666667, 1e-12);
    expect(result.confusion).to.deep.equal([
      [3, 0, 2],
      [1, 2, 1],
      [0, 2, 1],
    ]);
  });

  it('measures a lane over one label by its own yes or no, and the ensemble by the same question', () => {
    const { one } = result.lanes;
    expect(one).to.include({ question: 'b or not', accuracy: 0.75, auc: 0.59375 });
    expect(one?.macroF1).to.be.closeTo(0.697478991596639, 1e-12);
    expect(one?.ensemble).to.deep.equal({ accuracy: one?.accuracy, macroF1: one?.macroF1, auc: one?.auc });
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

  it('refuses sizes that do not fit', () => {
    const base = { labels: LABELS, truth: [0], probabilities: [1, 0, 0], lanes: [] };
    expect(() => evaluatePredictions({ ...base, probabilities: [1] })).to.throw('Expected `probabilities`');
    const lanes = [{ name: 'x', labels: ['a'], scores: [1, 2] }];
    expect(() => evaluatePredictions({ ...base, lanes })).to.throw('Expected `lanes.x.scores`');
  });
});

function ensemble(): Ensemble {
  const vocabulary = new Vocabulary(['red', 'blue', 'odd']);
  const sees = (word: string, yes: number, no: number) => (ids: Int32Array) =>
    ids.includes(vocabulary.id(word)) ? yes : no;
  return {
    name: 'colours',
    labels: ['red', 'blue'],
    displayNames: {},
    tokenizer: words({ lowercase: true }),
    tokenizerConfig: { kind: 'words', lowercase: true },
    vocabulary,
    subtasks: [
      subtask('red', ['red'], (documents) => documents.map(({ ids }) => sees('red', 0.9, 0.2)(ids))),
      subtask('both', ['blue', 'red'], async (documents) =>
        documents.flatMap(({ ids }) => {
          if (ids.includes(vocabulary.id('odd'))) return [Number.NaN, Number.NaN]; // abstains
          const blue = sees('blue', 0.7, 0.4)(ids);
          return [blue, 1 - blue];
        }),
      ),
    ],
    weights: { red: 0.5, both: 2 },
    bias: { red: -0.1, blue: 0.1 },
    backend: 'none',
    close: async () => {},
  };
}

describe('evaluate', () => {
  const texts = ['Red car', 'blue sky', 'red and blue', 'grey', 'odd red'];

  it('agrees with the vote of a pipeline, abstentions included', async () => {
    const colours = ensemble();
    const vote = weightedVote(colours);
    const verdicts = texts.map((text) => {
      const isRed = /red/i.test(text);
      const blue = /blue/.test(text) ? 0.7 : 0.4;
      const both = /odd/.test(text) ? { blue: Number.NaN, red: Number.NaN } : { blue, red: 1 - blue };
      const ballot = ballotOf({ red: { red: isRed ? 0.9 : 0.2 }, both });
      return vote(ballot).label;
    });
    const rows = texts.map((text, i) => ({ text, label: verdicts[i] ?? '' }));
    const result = await evaluate(colours, rows);
    expect(new Set(verdicts)).to.have.property('size', 2);
    expect(result).to.include({ rows: 5, accuracy: 1 });
  });

  it('refuses rows of unknown labels, and none at all', async () => {
    const failure = (ended: Promise<unknown>) => ended.catch((error) => error);
    expect(await failure(evaluate(ensemble(), []))).to.include({ code: 'INVALID_DATA' });
    const error = await failure(evaluate(ensemble(), [{ label: 'green', text: 'x' }]));
    expect(error).to.include({ code: 'INVALID_DATA', message: 'Expected labels of "colours", red, blue; got "green"' });
  });
});
