import { expect } from 'chai';
import fc from 'fast-check';
import { frequencyIn, pruneNgrams } from '../../src/compress/prune-ngrams.ts';
import { pruneVocabulary } from '../../src/compress/prune-vocabulary.ts';
import { shortenHashes } from '../../src/compress/shorten-hashes.ts';
import { NgramScorer } from '../../src/subtasks/ngrams/ngram-scorer.ts';
import type { NgramsLane } from '../../src/subtasks/ngrams/ngram-table.ts';
import { keyOf, rowsOf, smallEnsemble } from './small-ensemble.ts';

const laneOf = (keys: Int32Array, weights: Int8Array): NgramsLane => ({
  config: { kind: 'ngrams', name: 'lane', labels: ['a'], features: { words: [1, 1] } },
  tables: [{ keys, weights, scale: 0.5, bias: 1 }],
});

const lanes = fc
  .uniqueArray(fc.integer({ min: 1, max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 50 })
  .chain((keys) =>
    fc
      .int8Array({ minLength: keys.length, maxLength: keys.length, min: -127 })
      .map((weights) => laneOf(Int32Array.from(keys).sort(), weights)),
  );

describe('pruneNgrams', () => {
  it('keeps a share of each table, ascending, and none with a smaller weight than one that went', () => {
    fc.assert(
      fc.property(lanes, fc.double({ min: 0.01, max: 1, noNaN: true }), (lane, share) => {
        const [given] = lane.tables;
        const [kept] = pruneNgrams([lane], share)[0]?.tables ?? [];
        if (given === undefined || kept === undefined) return expect.fail('no table');
        expect(kept.keys).to.have.length(Math.ceil(given.keys.length * share));
        expect([...kept.keys]).to.deep.equal([...kept.keys].sort((a, b) => a - b));
        const least = Math.min(...kept.weights.map(Math.abs));
        for (const [at, key] of given.keys.entries()) {
          const place = kept.keys.indexOf(key);
          if (place >= 0) expect(kept.weights[place]).to.equal(given.weights[at]);
          else expect(Math.abs(given.weights[at] ?? 0)).to.be.at.most(least);
        }
      }),
    );
  });

  it('prefers a frequent n-gram to a rare one of larger weight', () => {
    const words = ['often', 'seldom'].map((word) => [keyOf(word), word === 'often' ? 80 : 100] as const);
    words.sort(([a], [b]) => a - b);
    const lane = laneOf(
      Int32Array.from(words, ([key]) => key),
      Int8Array.from(words, ([, weight]) => weight),
    );
    const keysOf = (pruned: readonly NgramsLane[]) => [...(pruned[0]?.tables[0]?.keys ?? [])];
    expect(keysOf(pruneNgrams([lane], 0.5))).to.deep.equal([keyOf('seldom')]);
    const frequency = frequencyIn(['often often', 'so often', 'not often', 'how often', 'seldom'], { words: [1, 1] });
    expect(frequency(keyOf('often'))).to.equal(4);
    expect(frequency(keyOf('never'))).to.equal(0);
    expect(keysOf(pruneNgrams([lane], 0.5, frequency))).to.deep.equal([keyOf('often')]);
  });

  it('refuses a share that is none', () => {
    for (const share of [0, -0.1, 1.1, Number.NaN])
      expect(() => pruneNgrams([], share))
        .to.throw('`share`')
        .with.property('code', 'INVALID_ARGUMENT');
  });
});

describe('shortenHashes', () => {
  it('changes no score but by chance: with 24 bits, none of the few words here', () => {
    const { ngrams } = smallEnsemble();
    const texts = rowsOf(50, 'texts').map(({ text }) => text);
    const short = shortenHashes(ngrams, 24);
    expect(short.map(({ config }) => config.features)).to.deep.equal([
      { words: [1, 1], hashBits: 24 },
      { words: [1, 1], hashBits: 24 },
    ]);
    expect(new NgramScorer(short).score(texts)).to.deep.equal(new NgramScorer(ngrams).score(texts));
  });

  it('keeps hashes ascending and different, and the larger weight where two fall together', () => {
    const lane = laneOf(Int32Array.of(0x005, 0x105, 0x207), Int8Array.of(3, -9, 1));
    const [table] = shortenHashes([lane], 8)[0]?.tables ?? [];
    expect(table).to.deep.include({ keys: Int32Array.of(5, 7), weights: Int8Array.of(-9, 1) });
  });

  it('leaves lanes with shorter hashes as they are, and refuses what is no number of bits', () => {
    const short = shortenHashes(smallEnsemble().ngrams, 20);
    expect(shortenHashes(short, 24)).to.deep.equal(short);
    for (const bits of [7, 33, 20.5, Number.NaN])
      expect(() => shortenHashes([], bits))
        .to.throw('`bits` to be an integer from 8 to 32')
        .with.property('code', 'INVALID_ARGUMENT');
  });
});

describe('pruneVocabulary', () => {
  it('keeps the first tokens, and their rows', () => {
    const model = smallEnsemble();
    const small = pruneVocabulary(model, 10);
    expect(small.vocabulary.tokens).to.deep.equal(model.vocabulary.tokens.slice(0, 10));
    expect(small.network.vocabularySize).to.equal(12);
    const embedding = small.weights.get('embedding');
    expect(embedding?.shape).to.deep.equal([12, 8]);
    expect(embedding?.data).to.deep.equal(model.weights.get('embedding')?.data.slice(0, 96));
    expect(small.weights.get('fcn/output/kernel')).to.equal(model.weights.get('fcn/output/kernel'));
  });

  it('cuts the embedding of each lane where they have their own', () => {
    const model = smallEnsemble();
    const weights = new Map(
      [...model.weights].map(([name, weight]) => [name === 'embedding' ? 'fcn/embedding' : name, weight]),
    );
    const network = { ...model.network, embedding: { ...model.network.embedding, shared: false } };
    const small = pruneVocabulary({ ...model, weights, network }, 3);
    expect(small.weights.get('fcn/embedding')?.shape).to.deep.equal([5, 8]);
  });

  it('changes nothing if all tokens stay', () => {
    const model = smallEnsemble();
    expect(pruneVocabulary(model, 126)).to.equal(model);
    expect(pruneVocabulary(model, 1000)).to.equal(model);
  });

  it('refuses no tokens, and an embedding that is not there', () => {
    for (const tokens of [0, -1, 1.5]) expect(() => pruneVocabulary(smallEnsemble(), tokens)).to.throw('`tokens`');
    expect(() => pruneVocabulary({ ...smallEnsemble(), weights: new Map() }, 3))
      .to.throw('"embedding"')
      .with.property('code', 'INVALID_ENSEMBLE');
  });
});
