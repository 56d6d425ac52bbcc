import { expect } from 'chai';
import fc from 'fast-check';
import { piecesOf, withoutPiece } from '../../src/explain/pieces.ts';
import { characters, words } from '../../src/language/tokenizers.ts';

describe('piecesOf', () => {
  it('are the tokens as they stand in the text', () => {
    const text = 'Oil  UP 3 %';
    expect(piecesOf(text, words({ lowercase: true })(text))).to.deep.equal([
      { text: 'Oil', start: 0, end: 3 },
      { text: 'UP', start: 5, end: 7 },
      { text: '3', start: 8, end: 9 },
      { text: '%', start: 10, end: 11 },
    ]);
    expect(piecesOf('', [])).to.deep.equal([]);
  });

  it('are at most 200, in order, and leave out nothing but what is between tokens', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1500 }), (length) => {
        const text = 'x'.repeat(length);
        const pieces = piecesOf(text, characters()(text));
        expect(pieces.length).to.be.at.most(200).and.at.least(Math.min(length, 100));
        expect(pieces.map((piece) => piece.text).join('')).to.equal(text);
        for (const [i, { start }] of pieces.entries()) expect(start).to.equal(pieces[i - 1]?.end ?? 0);
      }),
    );
  });

  it('leaves out tokens that are part of another', () => {
    const text = '科技新闻 AI 热';
    const tokens = characters({ words: 'zh' })(text);
    expect(piecesOf(text, tokens).map((piece) => piece.text)).to.deep.equal(['科技', '新闻', 'AI', '热']);
  });
});

describe('withoutPiece', () => {
  it('leaves a text and its tokens, which stand where they then are', () => {
    const text = 'oil is up';
    const tokens = words()(text);
    const [, is = { text: '', start: 0, end: 0 }] = piecesOf(text, tokens);
    const rest = withoutPiece(text, tokens, is);
    expect(rest.text).to.equal('oil  up');
    expect(rest.tokens).to.deep.equal([
      { text: 'oil', start: 0, end: 3 },
      { text: 'up', start: 5, end: 7 },
    ]);
    for (const { text: own, start, end } of rest.tokens) expect(rest.text.slice(start, end)).to.equal(own);
  });

  it('makes no other tokens of what moves together', () => {
    const text = '科技新闻';
    const tokens = characters()(text);
    const [, second = { text: '', start: 0, end: 0 }] = piecesOf(text, tokens);
    expect(withoutPiece(text, tokens, second)).to.deep.equal({
      text: '科新闻',
      tokens: characters()('科新闻'),
    });
  });
});
