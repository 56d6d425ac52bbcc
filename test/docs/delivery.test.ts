import { readFile } from 'node:fs/promises';
import { expect } from 'chai';

const row = /^\|[^|]+\|[^|]+\| `(kafka\/[\w.-]+\.ts)` ?([^|]*?) ?\|$/gm;

describe('docs/delivery.md', () => {
  it('names for each row a test that there is', async () => {
    const page = await readFile(new URL('../../docs/delivery.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(row)];
    expect(rows).to.have.length.above(15);
    for (const [, file = '', title = ''] of rows) {
      const tests = await readFile(new URL(`../${file}`, import.meta.url), 'utf8');
      expect(tests, file).to.include(title);
    }
  });
});
