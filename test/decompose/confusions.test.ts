import { expect } from 'chai';
import { confusionsOf } from '../../src/decompose/confusions.ts';
import type { Row } from '../../src/ensemble/rows.ts';

const FEATURES = { words: [1, 1] } as const;

function rowsOf(texts: Readonly<Record<string, readonly string[]>>): Row[] {
  return Object.entries(texts).flatMap(([label, own]) => own.map((text) => ({ label, text })));
}

describe('confusionsOf', () => {
  it('counts rows by true and given label', () => {
    const rows = rowsOf({
      cat: ['cat purrs soft', 'soft cat sleeps', 'cat purrs', 'dog barks loud'],
      dog: ['dog barks', 'the dog barks loud', 'dog barks again', 'loud dog barks'],
      sun: ['sun shines', 'bright sun', 'sun shines bright'],
    });
    expect(confusionsOf(rows, ['cat', 'dog', 'sun'], FEATURES)).to.deep.equal([
      [3, 1, 0],
      [0, 4, 0],
      [0, 0, 3],
    ]);
  });

  it('does not learn from the row that is asked about, nor from one of the same words', () => {
    const others = { b: ['two four', 'two five', 'four five'], c: ['six seven', 'six eight', 'seven eight'] };
    const rows = rowsOf({ a: ['one zebra', 'ONE  zebra!', 'three two'], ...others });
    const [line = []] = confusionsOf(rows, ['a', 'b', 'c'], { words: [2, 2] });
    // Nothing but its twin says that "one zebra" is a: then the label with the most rows is as good as any.
    expect(line[0]).to.equal(0);
  });

  it('leaves out rows of other labels, and copes with a label of one row or none', () => {
    const rows = rowsOf({ a: ['x y', 'x z'], b: ['q'], other: ['x'] });
    const confusion = confusionsOf(rows, ['a', 'b', 'c'], FEATURES);
    expect(confusion.map((line) => line.reduce((sum, count) => sum + count, 0))).to.deep.equal([2, 1, 0]);
    expect(confusion[1]?.[1]).to.equal(0);
  });

  it('copes with a text without n-grams', () => {
    const [line] = confusionsOf(rowsOf({ a: ['', 'x'], b: ['y'] }), ['a', 'b'], FEATURES);
    expect(line?.reduce((sum, count) => sum + count, 0)).to.equal(2);
  });
});
