import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runExample } from './run-example.ts';

describe('examples/timeline', function () {
  this.timeout(30_000); // a process with models in it, perhaps on a busy machine

  it('draws a run in the terminal and as SVG', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rx-lockstep-'));
    try {
      const svg = join(folder, 'timeline.svg');
      const picture = (await runExample('timeline', svg)).join('\n');
      expect(picture).to.match(/[Ii]/).and.to.include('R');
      expect(await readFile(svg, 'utf8')).to.match(/^<svg[\s\S]*<\/svg>\s*$/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
