import { expect } from 'chai';
import { predict } from '../../src/evaluate/predict.ts';
import { scoreTexts } from '../../src/evaluate/score-texts.ts';
import { characters } from '../../src/language/tokenizers.ts';
import { Vocabulary } from '../../src/language/vocabulary.ts';
import { subtask } from '../../src/subtasks/subtask.ts';

/** Two lanes that see the whole document: one its length, one its first id. */
function ensemble(batches: number[] = []) {
  return {
    tokenizer: characters(),
    vocabulary: new Vocabulary(['a', 'b']),
    subtasks: [
      subtask<{ readonly text: string; readonly tokens: readonly unknown[] }>(
        'long',
        ['long', 'short'],
        (documents) => {
          batches.push(documents.length);
          return documents.flatMap(({ text, tokens }) => {
            expect(tokens).to.have.length(text.length);
            return text.length > 3 ? [0.9, 0.1] : [0.2, 0.8];
          });
        },
      ),
      subtask<{ readonly ids: Int32Array; readonly unknown: number }>('short', ['short'], async (documents) =>
        documents.map(({ ids, unknown }) => (unknown > 0 ? Number.NaN : ids.length === 0 ? 1 : 0.5)),
      ),
    ],
    weights: { long: 1, short: 2 },
    bias: {},
  };
}

describe('predict', () => {
  it('gives a verdict a text, in their order, whatever their lengths', async () => {
    const texts = Array.from({ length: 600 }, (_, i) => 'ab'.repeat((i * 7) % 5));
    const batches: number[] = [];
    const verdicts = await predict(ensemble(batches), texts);
    expect(verdicts.map(({ label }) => label)).to.deep.equal(
      texts.map(({ length }) => (length > 3 ? 'long' : 'short')),
    );
    expect(batches).to.deep.equal([256, 256, 88]);
  });

  it('lets lanes abstain, and gives nothing for nothing', async () => {
    const [verdict] = await predict(ensemble(), ['ax']);
    expect(verdict?.lanes.short).to.equal(null);
    expect(verdict?.label).to.equal('short');
    expect(await predict(ensemble(), [])).to.deep.equal([]);
  });

  it('fails when a subtask does', async () => {
    const broken = { ...ensemble(), subtasks: [subtask('broken', ['x'], () => [1, 2, 3])] };
    const error = await predict(broken, ['a']).catch((failure) => failure);
    expect(error).to.include({ code: 'INVALID_SCORES' });
  });
});

describe('scoreTexts', () => {
  it('gives the scores of all texts as one panel', async () => {
    const { layout, answers } = await scoreTexts(ensemble(), ['abab', '', 'x']);
    expect(layout.labels).to.deep.equal(['long', 'short']);
    expect(answers.map((scores) => Array.from(scores ?? [], (score) => Number(score.toFixed(3))))).to.deep.equal([
      [0.9, 0.1, 0.2, 0.8, 0.2, 0.8],
      [0.5, 1, Number.NaN],
    ]);
  });
});
