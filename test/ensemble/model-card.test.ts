import { expect } from 'chai';
import { modelCard } from '../../src/ensemble/model-card.ts';
import { evaluatePredictions } from '../../src/evaluate/evaluate-predictions.ts';
import { tinyModel } from './tiny-model.ts';

describe('modelCard', () => {
  it('says what an ensemble knows of itself', () => {
    const card = modelCard(tinyModel(), '8-bit', {});
    expect(card.split('\n').slice(0, 8)).to.deep.equal([
      '# tiny',
      '',
      'Labels: `a` (甲), `b`.',
      '',
      '## Lanes',
      '- `ngrams`: linear over n-grams (1 to 2 characters, 1 word, pairs of words with up to 1 between, the first 2 words and the first with each other, 1 to 2 word shapes), b against the rest; weight 0.750 in the vote',
      '- `cnn`: CNN, 3 filters each of the widths 2, over a, b; weight 1.000 in the vote',
      '- `fcn`: FCN over the mean of the embeddings, hidden layers [4], a against the rest; weight 0.500 in the vote',
    ]);
    expect(card).to.include('## Training\n- 2026-01-02, 1 s, backend wasm, seed 5\n- 10 rows (a 6, b 4)');
    expect(card).to.not.match(/undefined|NaN|\n\n\n/);
    expect(card.endsWith('\n') && !card.endsWith('\n\n')).to.equal(true);
  });

  it('adds what it is told, and the results', () => {
    const result = evaluatePredictions({
      labels: ['a', 'b'],
      truth: [0, 1],
      probabilities: [0.9, 0.1, 0.2, 0.8],
      lanes: [
        { name: 'cnn', labels: ['a', 'b'], scores: [0.9, 0.1, 0.2, 0.8] },
        { name: 'fcn', labels: ['a'], scores: [0.4, 0.2] },
      ],
    });
    const notes = { description: 'For tests.', data: 'None.', licence: 'Any.', notes: 'No more.' };
    const card = modelCard(tinyModel(), 'f32', { ...notes, evaluation: { on: 'two rows', result } });
    for (const part of ['For tests.', '## Data\nNone.', '## Licence\nAny.', '## Notes\nNo more.', 'in 32 bits'])
      expect(card).to.include(part);
    expect(card)
      .to.include('On two rows (2 rows)')
      .and.to.include('**Accuracy 100.00 %** (standard error 0.00), macro F1 100.00 %');
    expect(card).to.include('| cnn: a or b | 100.00 | 100.00 |  | 100.00 | 100.00 |  |');
    expect(card).to.include('| fcn: a or not | 50.00 | 33.33 | 100.00 | 100.00 | 100.00 | 100.00 |');
    expect(card).to.include('| a | 1 | 0 |');
    expect(card).to.not.match(/undefined|NaN/);
  });
});
