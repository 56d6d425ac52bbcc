import { expect } from 'chai';
import { runExample } from './run-example.ts';

describe('examples/marble-test', function () {
  this.timeout(30_000); // a process of its own, perhaps on a busy machine

  it('passes', async () => {
    const lines = await runExample('marble-test');
    expect(lines).to.have.length(3);
    for (const line of lines) expect(line).to.match(/^passed: /);
  });
});
