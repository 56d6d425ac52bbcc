import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { Metrics } from '../../cli/serve/metrics.ts';

describe('docs/serve.md', () => {
  it('has every metric, and no others', async () => {
    const page = await readFile(new URL('../../docs/serve.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `((?:messaging|lockstep)_[a-z_]+)` \|[^|]*\|/gm)];
    const { text } = await new Metrics({ group: 'g', clock: { missed: 0 }, ofProcess: false }).text();
    expect(rows.map(([, name]) => name)).to.have.members(text.match(/(?<=^# TYPE )\S+/gm) ?? []);
    expect(rows).to.have.length.above(20);
  });
});
