import { readdirSync, readFileSync, statSync } from 'node:fs';
import { expect } from 'chai';
import { readEnsemble } from '../../src/ensemble/load.ts';
import { lanesOfModel } from '../../src/ensemble/model.ts';
import { shippedModel } from '../../src/ensemble/shipped.ts';

const NAMES = ['zh-topics', 'zh-news10', 'en-news'];

function bytesOf(name: string): number {
  const folder = shippedModel(name);
  return readdirSync(folder).reduce((sum, file) => sum + statSync(new URL(file, folder)).size, 0);
}

describe('shippedModel', () => {
  for (const name of NAMES)
    it(`knows ${name}: whole, with a card that says how good it is`, async () => {
      const folder = shippedModel(name);
      const model = await readEnsemble(folder);
      expect(model.name).to.equal(name);
      expect(readFileSync(new URL('README.md', folder), 'utf8')).to.match(/\*\*Accuracy \d\d\.\d\d %\*\*/);
    });

  it('has 6 MB at most all together', () => {
    expect(NAMES.reduce((sum, name) => sum + bytesOf(name), 0)).to.be.at.most(6_000_000);
  });

  it('has for zh-topics a lane a label over n-grams, and a network over all', async () => {
    const model = await readEnsemble(shippedModel('zh-topics'));
    expect(lanesOfModel(model).map(({ kind, labels }) => [kind, labels])).to.deep.equal([
      ['ngrams', ['tech']],
      ['ngrams', ['finance']],
      ['ngrams', ['culture']],
      ['dpcnn', ['tech', 'finance', 'culture']],
    ]);
    expect(model.displayNames).to.deep.equal({ tech: '科技', finance: '经济', culture: '文化' });
  });

  it('refuses other names', () => {
    for (const name of ['nothing', '..', '', '.'])
      expect(() => shippedModel(name))
        .to.throw('Expected `name` to be one of')
        .with.property('code', 'INVALID_ARGUMENT');
  });
});
