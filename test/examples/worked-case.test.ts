import { expect } from 'chai';
import { runExample } from './run-example.ts';

describe('examples/worked-case', function () {
  this.timeout(60_000); // it trains, perhaps on a busy machine

  it('trains a lane of each kind for a label each, and labels what it has learned by their vote', async () => {
    const lines = await runExample('worked-case');
    expect(lines.slice(0, 3).map((line) => line.replace(/[\d.]+$/, ''))).to.deep.equal([
      'weight of cnn: ',
      'weight of lstm: ',
      'weight of fcn: ',
    ]);
    const labels = lines.slice(3).map((line) => line.split(' ')[0]);
    const learned = ['finance', 'finance', 'tech', 'culture', 'tech', 'finance'];
    expect(labels.filter((label, i) => label === learned[i])).to.have.length.above(3);
  });
});
