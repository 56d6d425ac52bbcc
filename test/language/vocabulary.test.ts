import { expect } from 'chai';
import fc from 'fast-check';
import { PADDING, UNKNOWN, Vocabulary } from '../../operators/index.ts';

describe('Vocabulary', () => {
  it('numbers tokens from 2, most frequent first, ties by code unit', () => {
    const vocabulary = Vocabulary.build([
      ['b', 'a', 'c'],
      ['c', 'd'],
    ]);
    expect(vocabulary.tokens).to.deep.equal(['c', 'a', 'b', 'd']);
    expect(vocabulary.id('c')).to.equal(2);
    expect(vocabulary.id('nothing')).to.equal(UNKNOWN);
    expect(vocabulary.token(PADDING)).to.equal(undefined);
    expect(vocabulary.token(2)).to.equal('c');
    expect(vocabulary.size).to.equal(6);
  });

  it('keeps at most `size` ids, of tokens that occur `minCount` times', () => {
    const texts = [['a', 'a', 'b', 'b', 'c']];
    expect(Vocabulary.build(texts, { minCount: 2 }).tokens).to.deep.equal(['a', 'b']);
    expect(Vocabulary.build(texts, { size: 3 }).tokens).to.deep.equal(['a']);
  });

  it('has an id of its own for each token, and knows it back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), (tokens) => {
        const vocabulary = new Vocabulary(tokens);
        expect(tokens.map((token) => vocabulary.token(vocabulary.id(token)))).to.deep.equal(tokens);
        expect(new Set(tokens.map((token) => vocabulary.id(token))).size).to.equal(tokens.length);
      }),
    );
  });

  it('is the same whatever the order of the texts', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'));
    fc.assert(
      fc.property(fc.array(text), (texts) => {
        expect(Vocabulary.build([...texts].reverse()).tokens).to.deep.equal(Vocabulary.build(texts).tokens);
      }),
    );
  });

  it('refuses repeated tokens, tokens that are no strings and odd sizes', () => {
    expect(() => new Vocabulary(['a', 'a'])).to.throw(/"a" twice/);
    expect(() => Reflect.construct(Vocabulary, [[1]])).to.throw(/tokens\[0\]/);
    for (const size of [2, 0, -1, 2.5, Number.NaN]) expect(() => Vocabulary.build([], { size })).to.throw(/size/);
    for (const minCount of [0, -1, 0.5]) expect(() => Vocabulary.build([], { minCount })).to.throw(/minCount/);
  });
});
