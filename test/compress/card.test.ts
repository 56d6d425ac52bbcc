import { expect } from 'chai';
import { cardNotesOf } from '../../src/compress/card.ts';
import { modelCard } from '../../src/ensemble/model-card.ts';
import { evaluatePredictions } from '../../src/evaluate/evaluate-predictions.ts';
import { smallEnsemble } from './small-ensemble.ts';

describe('cardNotesOf', () => {
  it('reads what a card was told, and nothing of what it knew by itself', () => {
    const result = evaluatePredictions({ labels: ['sports'], truth: [0], probabilities: [1], lanes: [] });
    const notes = {
      description: 'For tests.\n\nAnd for nothing else.',
      data: 'Words\nand more words.',
      licence: 'Any.',
      compression: '- made smaller',
      notes: 'No more.',
    };
    const card = modelCard(smallEnsemble(), '8-bit', { ...notes, evaluation: { on: 'a row', result } });
    expect(cardNotesOf(card)).to.deep.equal(notes);
  });

  it('finds nothing where nothing was told', () => {
    const nothing = {
      description: undefined,
      data: undefined,
      licence: undefined,
      compression: undefined,
      notes: undefined,
    };
    expect(cardNotesOf(modelCard(smallEnsemble(), '8-bit', {}))).to.deep.equal(nothing);
    expect(cardNotesOf('')).to.deep.equal(nothing);
  });

  it('keeps sections that somebody added', () => {
    const card = '# x\n\n## Lanes\n- a\n\n## Notes\nMine.\n\n## Thanks\nTo you.\n### And\nto me.\n';
    expect(cardNotesOf(card).notes).to.equal('Mine.\n\n## Thanks\nTo you.\n### And\nto me.');
    expect(cardNotesOf('whatever I wrote\n').description).to.equal('whatever I wrote');
  });
});
