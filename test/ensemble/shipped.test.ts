import { readdirSync, readFileSync, statSync } from 'node:fs';
import { expect } from 'chai';
import { readEnsemble } from '../../src/ensemble/load.ts';
import { shippedModel } from '../../src/ensemble/shipped.ts';

describe('shippedModel', () => {
  for (const name of ['zh-topics', 'en-news'])
    it(`knows ${name}: whole, of at most 2 MB, with a card that says how good it is`, async () => {
      const folder = shippedModel(name);
      const model = await readEnsemble(folder);
      expect(model.name).to.equal(name);
      const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(new URL(file, folder)).size, 0);
      expect(bytes).to.be.at.most(2_000_000);
      expect(readFileSync(new URL('README.md', folder), 'utf8')).to.match(/\*\*Accuracy \d\d\.\d\d %\*\*/);
    });

  it('has for zh-topics one lane a label, of three kinds', async () => {
    const { network, displayNames } = await readEnsemble(shippedModel('zh-topics'));
    expect(network.lanes.map(({ kind, labels }) => [kind, labels])).to.deep.equal([
      ['cnn', ['tech']],
      ['rnn', ['finance']],
      ['fcn', ['culture']],
    ]);
    expect(displayNames).to.deep.equal({ tech: '科技', finance: '经济', culture: '文化' });
  });

  it('refuses other names', () => {
    for (const name of ['nothing', '..', '', '.'])
      expect(() => shippedModel(name))
        .to.throw('Expected `name` to be one of')
        .with.property('code', 'INVALID_ARGUMENT');
  });
});
