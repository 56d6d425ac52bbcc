import { expect } from 'chai';
import fc from 'fast-check';
import { cutHash, NgramCounter } from '../../../src/subtasks/ngrams/ngram-counter.ts';
import { checkNgramFeatures, type NgramFeatures } from '../../../src/subtasks/ngrams/ngram-features.ts';

/** The n-grams of a text by their hashes, and how often each occurs. */
function countsOf(features: NgramFeatures, text: string): Map<number, number> {
  const counter = new NgramCounter(features);
  const found = counter.count(text);
  return new Map(Array.from({ length: found }, (_, at) => [counter.keys[at] ?? 0, counter.counts[at] ?? 0]));
}

/** How many n-grams two texts share. */
function shared(features: NgramFeatures, a: string, b: string): number {
  const others = countsOf(features, b);
  return [...countsOf(features, a).keys()].filter((key) => others.has(key)).length;
}

const ALL: NgramFeatures = { characters: [1, 3], words: [1, 2], skips: 2, opening: 3, shapes: [1, 2] };

describe('NgramCounter', () => {
  it('counts runs of characters, with a space at either end', () => {
    // ' a', 'a', 'a ', 'ab'...: of " ab ab " the pairs ' a', 'ab', 'b ' and the single 'a', 'b'
    expect([...countsOf({ characters: [1, 2] }, 'ab ab').values()].sort()).to.deep.equal([2, 2, 2, 2, 2]);
    expect(countsOf({ characters: [2, 2] }, 'ab')).to.have.property('size', 3);
    expect(countsOf({ characters: [5, 6] }, 'ab')).to.have.property('size', 0);
  });

  it('counts words, numbers and marks, and their runs', () => {
    expect(countsOf({ words: [1, 1] }, "Don't panic, 42!")).to.have.property('size', 5); // don't panic , 42 !
    expect(countsOf({ words: [1, 2] }, 'to be or not to be')).to.have.property('size', 4 + 4);
    expect(shared({ words: [1, 1] }, "'quoted'", 'quoted')).to.equal(1);
  });

  it('takes ideographs one by one, or as words by the rules of a language', () => {
    expect(countsOf({ words: [1, 1] }, '我们喜欢音乐')).to.have.property('size', 6);
    expect(countsOf({ words: [1, 1], locale: 'zh' }, '我们喜欢音乐')).to.have.property('size', 3);
    expect(shared({ words: [1, 1], locale: 'zh' }, '我们喜欢音乐', '音乐app')).to.equal(1);
  });

  it('counts pairs with others between, the beginning, and shapes', () => {
    expect(countsOf({ skips: 1 }, 'a b c d')).to.have.property('size', 2); // a c, b d
    expect(countsOf({ skips: 2 }, 'a b c d')).to.have.property('size', 3); // and a d
    expect(countsOf({ opening: 2 }, 'who won the cup')).to.have.property('size', 2 + 3);
    expect(shared({ opening: 2 }, 'who won', 'won who')).to.equal(0);
    expect(shared({ shapes: [1, 1] }, 'Paris', 'Berlin')).to.equal(1);
    expect(shared({ shapes: [1, 1] }, 'paris', 'Berlin')).to.equal(0);
  });

  it('knows neither case nor how much white space there is', () => {
    const features: NgramFeatures = { characters: [1, 4], words: [1, 2] };
    expect(countsOf(features, 'Big  News\n')).to.deep.equal(countsOf(features, 'big news'));
  });

  it('finds nothing in what is empty', () => {
    for (const text of ['', ' ', '\n\t　']) expect(countsOf(ALL, text)).to.have.property('size', 0);
  });

  it('counts the same whatever it counted before', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ maxLength: 3000 }), (text, before) => {
        const counter = new NgramCounter(ALL);
        counter.count(before);
        const found = counter.count(text);
        const counts = Array.from({ length: found }, (_, at) => [counter.keys[at], counter.counts[at]]);
        expect(counts).to.deep.equal([...countsOf(ALL, text)]);
        expect(counts.every(([key]) => key !== 0)).to.equal(true);
      }),
    );
  });

  it('reads long texts without end', () => {
    const long = Array.from({ length: 300_000 }, (_, i) => i % 977).join(' ');
    expect(countsOf({ words: [1, 2] }, long).size).to.be.within(977 * 2, 977 * 2 + 1);
  });

  it('gives repeated n-grams less each time, and the length of their values', () => {
    const counter = new NgramCounter({ words: [1, 1] });
    const found = counter.count('a a a b');
    expect(Array.from({ length: found }, (_, at) => counter.valueOf(at))).to.deep.equal([1 + Math.log(3), 1]);
    expect(counter.lengthOf(0, found)).to.be.closeTo(Math.hypot(1 + Math.log(3), 1), 1e-12);
    expect(counter.lengthOf(0, 0)).to.equal(1);
  });

  it('keeps as many bits of a hash as it is told, and counts n-grams that fall together as one', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 8, max: 32 }), (text, hashBits) => {
        const whole = countsOf(ALL, text);
        const short = countsOf({ ...ALL, hashBits }, text);
        const expected = new Map<number, number>();
        for (const [key, count] of whole) {
          const cut = cutHash(key, hashBits);
          expected.set(cut, (expected.get(cut) ?? 0) + count);
        }
        expect(short).to.deep.equal(expected);
        expect(short.has(0)).to.equal(false);
      }),
    );
  });

  it('refuses what is no number of bits', () => {
    for (const hashBits of [7, 33, 8.5, Number.NaN])
      expect(() => checkNgramFeatures('features', { words: [1, 1], hashBits }))
        .to.throw('`features.hashBits` to be an integer from 8 to 32')
        .with.property('code', 'INVALID_ARGUMENT');
  });
});

describe('cutHash', () => {
  it('leaves a whole hash as it is, and never gives 0', () => {
    expect(cutHash(-5, 32)).to.equal(-5);
    expect(cutHash(-1, 24)).to.equal(2 ** 24 - 1);
    expect(cutHash(2 ** 24, 24)).to.equal(1);
    expect(cutHash(0, 32)).to.equal(1);
  });
});
