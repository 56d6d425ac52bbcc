import { expect } from 'chai';
import fc from 'fast-check';
import { fitted, widthOf } from '../src/text-width.ts';

describe('widthOf', () => {
  it('counts the columns of a terminal', () => {
    const widths = ['', 'tech', '科技', 'ｔ，', 'e\u0301', '👩‍🚀'].map(widthOf);
    expect(widths).to.deep.equal([0, 4, 4, 4, 1, 2]);
  });
});

describe('fitted', () => {
  it('fills up on the side that is asked for', () => {
    expect([fitted('科技', 6), fitted('科技', 6, 'right')]).to.deep.equal(['科技  ', '  科技']);
  });

  it('cuts with an ellipsis, never through a letter', () => {
    expect([fitted('finance', 5), fitted('科技新闻', 6)]).to.deep.equal(['fina…', '科技… ']);
  });

  it('takes exactly the width, of any text, without control characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, width) => {
        const shown = fitted(`${text}\u001B[2J\n`, width);
        expect(widthOf(shown)).to.equal(width);
        expect(shown).not.to.match(/\p{Cc}/u);
      }),
    );
  });
});
