import { expect } from 'chai';
import type { Ensemble } from '../../src/ensemble/types.ts';
import { evaluate } from '../../src/evaluate/evaluate.ts';
import { weightedVote } from '../../src/integrate/weighted-vote.ts';
import { words } from '../../src/language/tokenizers.ts';
import { Vocabulary } from '../../src/language/vocabulary.ts';
import { subtask } from '../../src/subtasks/subtask.ts';
import { ballotOf } from '../../src/testing/ballot-of.ts';

function colours(): Ensemble {
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
    const vote = weightedVote(colours());
    const verdicts = texts.map((text) => {
      const isRed = /red/i.test(text);
      const blue = /blue/.test(text) ? 0.7 : 0.4;
      const both = /odd/.test(text) ? { blue: Number.NaN, red: Number.NaN } : { blue, red: 1 - blue };
      const ballot = ballotOf({ red: { red: isRed ? 0.9 : 0.2 }, both });
      return vote(ballot).label;
    });
    const rows = texts.map((text, i) => ({ text, label: verdicts[i] ?? '' }));
    const result = await evaluate(colours(), rows);
    expect(new Set(verdicts)).to.have.property('size', 2);
    expect(result).to.include({ rows: 5, accuracy: 1 });
  });

  it('says what the ensemble would be if a lane abstained', async () => {
    const rows = texts.map((text) => ({ text, label: /red/i.test(text) ? 'red' : 'blue' }));
    const { accuracy, lanes } = await evaluate(colours(), rows);
    const vote = weightedVote(colours());
    const withoutRed = texts.map((text) => {
      const blue = /blue/.test(text) ? 0.7 : 0.4;
      const both = /odd/.test(text) ? { blue: Number.NaN, red: Number.NaN } : { blue, red: 1 - blue };
      return vote(ballotOf({ red: null, both })).label;
    });
    const right = withoutRed.filter((label, row) => label === rows[row]?.label).length;
    expect(lanes.red?.without?.accuracy).to.equal(right / rows.length);
    expect(lanes.red?.without?.accuracy).to.be.below(accuracy);
  });

  it('compares with what something else gave the same rows', async () => {
    const rows = texts.map((text) => ({ text, label: 'red' }));
    const against = { name: 'always green', given: texts.map(() => 'green') };
    expect((await evaluate(colours(), rows, { against })).against).to.include({ name: 'always green', accuracy: 0 });
    const error = await evaluate(colours(), rows, { against: { ...against, given: ['green'] } }).catch(
      (failure) => failure,
    );
    expect(error).to.include({ code: 'INVALID_DATA' });
    expect(error.message).to.include('each of 5 rows, got 1');
  });

  it('refuses rows of unknown labels, and none at all', async () => {
    const failure = (ended: Promise<unknown>) => ended.catch((error) => error);
    expect(await failure(evaluate(colours(), []))).to.include({ code: 'INVALID_DATA' });
    const error = await failure(evaluate(colours(), [{ label: 'green', text: 'x' }]));
    expect(error).to.include({ code: 'INVALID_DATA', message: 'Expected labels of "colours", red, blue; got "green"' });
  });
});
