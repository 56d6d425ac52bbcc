import { expect } from 'chai';
import { applySetting, joinParts, partsOf } from '../../src/compress/parts.ts';
import { lanesOfModel } from '../../src/ensemble/model.ts';
import { smallEnsemble } from './small-ensemble.ts';

describe('partsOf', () => {
  it('takes lanes over the same n-grams together, and networks together', () => {
    const model = smallEnsemble();
    const lanesOf = (ensemble = model) =>
      partsOf(ensemble).map((part) => [part.name, lanesOfModel(part.model).map(({ name }) => name)]);
    expect(lanesOf()).to.deep.equal([
      ['n-grams', ['sports', 'business']],
      ['networks', ['fcn']],
    ]);
    const [sports, business] = model.ngrams;
    if (sports === undefined || business === undefined) return expect.fail('no lanes');
    const other = { ...business, config: { ...business.config, features: { words: [1, 2] } as const } };
    expect(lanesOf({ ...model, ngrams: [sports, other], network: { ...model.network, lanes: [] } })).to.deep.equal([
      ['n-grams 1', ['sports']],
      ['n-grams 2', ['business']],
    ]);
  });

  it('begins with what hardly changes anything', () => {
    for (const { settings } of partsOf(smallEnsemble()))
      expect(settings[0]).to.deep.equal({ precision: '8-bit', share: 1 });
  });
});

describe('applySetting', () => {
  it('keeps a share of the tokens or n-grams', () => {
    const [ngrams, networks] = partsOf(smallEnsemble());
    if (ngrams === undefined || networks === undefined) return expect.fail('no parts');
    const setting = { precision: '4-bit', share: 0.5 } as const;
    expect(applySetting(networks, setting).vocabulary.tokens).to.have.length(63);
    for (const { tables } of applySetting(ngrams, setting).ngrams) expect(tables[0]?.keys).to.have.length(63);
  });

  it('gives hashes as few bits as the false positives allow', () => {
    const [ngrams] = partsOf(smallEnsemble());
    if (ngrams === undefined) return expect.fail('no parts');
    for (const [share, falsePositives, bits] of [
      [1, 1 / 400, 16], // 126 × 400 = 50,400, below 2^16
      [0.25, 1 / 400, 14],
      [1, 1 / 2, 8],
      [1, 1e-12, undefined], // more than there are
      [1, undefined, undefined],
    ] as const) {
      const given = falsePositives === undefined ? {} : { falsePositives };
      for (const { config } of applySetting(ngrams, { precision: '4-bit', share, ...given }).ngrams)
        expect(config.features.hashBits).to.equal(bits);
    }
  });
});

describe('joinParts', () => {
  it('gives back the ensemble of which the parts are', () => {
    const model = smallEnsemble();
    const joined = joinParts(
      model,
      partsOf(model)
        .map((part) => part.model)
        .reverse(),
      1,
    );
    expect(joined).to.deep.equal(model);
  });

  it('leaves out the lanes of no part, and divides the evidence of the others', () => {
    const model = smallEnsemble();
    const [ngrams] = partsOf(model);
    if (ngrams === undefined) return expect.fail('no parts');
    const joined = joinParts(model, [ngrams.model], 2);
    expect(lanesOfModel(joined).map(({ name }) => name)).to.deep.equal(['sports', 'business']);
    expect(joined.vote).to.deep.equal({ weights: { sports: 0.5, business: 0.5 }, bias: { sports: 0, business: 0 } });
    expect(joined.vocabulary.tokens).to.deep.equal([]);
    expect(joined.network).to.deep.include({ vocabularySize: 2, lanes: [] });
    expect(joined.weights.size).to.equal(0);
  });
});
