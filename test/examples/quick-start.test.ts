import { expect } from 'chai';
import { runExample } from './run-example.ts';

describe('examples/quick-start', function () {
  this.timeout(30_000); // a process with models in it, perhaps on a busy machine

  it('labels three headlines, in order', async () => {
    const lines = await runExample('quick-start');
    expect(lines.map((line) => line.split(' ')[0])).to.deep.equal(['finance', 'tech', 'culture']);
  });
});
