import { expect } from 'chai';
import { runExample } from './run-example.ts';

describe('examples/by-hand', function () {
  this.timeout(30_000); // a process with models in it, perhaps on a busy machine

  it('labels all headlines, with a lane that abstains about every second batch', async () => {
    const lines = await runExample('by-hand');
    const abstained = Number(/^120 headlines; culture abstained about (\d+)$/.exec(lines.at(-1) ?? '')?.[1]);
    expect(abstained).to.be.within(60, 120);
    const firsts = lines.slice(0, -1); // of each batch
    expect(firsts).to.have.length(6);
    for (const [batch, line] of firsts.entries()) {
      expect(line).to.match(/^\d+ (tech|finance|culture) [01]\.\d\d /);
      if (batch % 2 === 1) expect(line).to.match(/\(culture abstained\)$/);
    }
  });
});
