import { expect } from 'chai';
import fc from 'fast-check';
import { explain } from '../../src/explain/explain.ts';
import { logOdds } from '../../src/integrate/weighted-vote.ts';
import { words } from '../../src/language/tokenizers.ts';
import { Vocabulary } from '../../src/language/vocabulary.ts';
import { subtask } from '../../src/subtasks/subtask.ts';

const WORDS = ['oil', 'bank', 'cup', 'the'];

/** A lane that counts words in the text itself, and one that looks at ids; abstains about texts without a word. */
function ensemble() {
  const vocabulary = new Vocabulary(WORDS);
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const has = (text: string, word: string) => text.split(' ').filter((each) => each === word).length;
  return {
    tokenizer: words(),
    vocabulary,
    subtasks: [
      subtask<{ readonly text: string; readonly ids: Int32Array }>('money', ['money'], (documents) =>
        documents.map(({ text }) => sigmoid(has(text, 'oil') + 2 * has(text, 'bank') - 0.5)),
      ),
      subtask<{ readonly text: string; readonly ids: Int32Array }>('both', ['sport', 'money'], async (documents) =>
        documents.flatMap(({ ids }) => {
          if (ids.length === 0) return [Number.NaN, Number.NaN];
          const sport = sigmoid(ids.filter((id) => id === vocabulary.id('cup')).length * 3 - 1);
          return [sport, 1 - sport];
        }),
      ),
    ],
    weights: { money: 1, both: 0.5 },
    bias: { sport: 0.25 },
  };
}

describe('explain', () => {
  it('takes the log-odds apart by lanes, exactly', async () => {
    const { label, runnerUp, logOdds: whole, lanes, rest, confidence } = await explain(ensemble(), 'the bank');
    expect([label, runnerUp]).to.deep.equal(['money', 'sport']);
    expect(rest).to.be.closeTo(-0.25, 1e-6);
    expect((lanes.money?.share ?? 0) + (lanes.both?.share ?? 0) + rest).to.be.closeTo(whole, 1e-9);
    expect(lanes.money?.share).to.be.closeTo(1.5, 1e-4);
    expect(1 / (1 + Math.exp(-whole))).to.be.closeTo(confidence, 1e-9);
  });

  it('finds by occlusion which pieces moved which lane', async () => {
    const { pieces } = await explain(ensemble(), 'the oil bank cup');
    expect(pieces.map(({ text }) => text)).to.deep.equal(['the', 'oil', 'bank', 'cup']);
    const [the, oil, bank, cup] = pieces;
    expect(the?.effect).to.be.closeTo(0, 1e-4);
    expect(oil?.lanes.money).to.be.closeTo(1, 1e-4);
    expect(bank?.lanes.money).to.be.closeTo(2, 1e-4);
    expect(cup?.lanes.money).to.be.closeTo(0, 1e-4);
    expect(cup?.lanes.both).to.be.closeTo(-0.5 * 2 * 3, 1e-4); // money loses what sport wins
  });

  it('gives pieces effects that are the sums of what came by the lanes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...WORDS), { maxLength: 6 }), async (chosen) => {
        const text = chosen.join(' ');
        const { pieces, logOdds: whole } = await explain(ensemble(), text);
        expect(pieces.map((piece) => piece.text)).to.deep.equal(chosen);
        expect(whole).to.be.at.least(0);
        for (const { effect, lanes } of pieces)
          expect((lanes.money ?? 0) + (lanes.both ?? 0)).to.be.closeTo(effect, 1e-9);
      }),
      { numRuns: 40 },
    );
  });

  it('says of a text without a token what lanes that did not abstain say', async () => {
    const { label, lanes, pieces } = await explain(ensemble(), '');
    expect(label).to.equal('sport');
    expect(lanes.both).to.equal(null);
    expect(lanes.money?.score).to.be.closeTo(1 / (1 + Math.exp(0.5)), 1e-6);
    expect(pieces).to.deep.equal([]);
  });

  it('has nothing to compare with where there is one label', async () => {
    const { tokenizer, vocabulary, subtasks } = ensemble();
    const only = { tokenizer, vocabulary, subtasks: subtasks.slice(0, 1), weights: {}, bias: {} };
    const explanation = await explain(only, 'oil');
    expect(explanation).to.include({ label: 'money', confidence: 1, logOdds: 0 });
    expect(explanation).not.to.have.property('runnerUp');
  });

  it('keeps a long text affordable', async () => {
    let asked = 0;
    const counting = subtask<{ readonly text: string }>('x', ['a', 'b'], (documents) => {
      asked += documents.length;
      return documents.flatMap(() => [0.6, 0.4]);
    });
    const { pieces, logOdds: whole } = await explain(
      { ...ensemble(), subtasks: [counting], weights: {}, bias: {} },
      'the '.repeat(5000),
    );
    expect(pieces).to.have.length(200);
    expect(asked).to.equal(201);
    expect(whole).to.be.closeTo(2 * logOdds(0.6), 1e-6);
  });
});
