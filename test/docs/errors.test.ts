import { readFile } from 'node:fs/promises';
import { expect } from 'chai';

const table = /^(?: \* )?\| `([A-Z_]+)` \| ([^|]+?) \|/gm;

async function rowsOf(path: string): Promise<[code: string, meaning: string][]> {
  const text = await readFile(new URL(path, import.meta.url), 'utf8');
  return [...text.matchAll(table)].map(([, code = '', meaning = '']) => [code, meaning]);
}

describe('docs/errors.md', () => {
  it('has every code with its meaning, as the source does', async () => {
    const documented = await rowsOf('../../docs/errors.md');
    expect(documented).to.deep.equal(await rowsOf('../../src/errors.ts'));
  });

  it('has the codes of the type, and no others', async () => {
    const source = await readFile(new URL('../../src/errors.ts', import.meta.url), 'utf8');
    const [, union = ''] = /export type LockstepErrorCode =([^;]+);/.exec(source) ?? [];
    const codes = [...union.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code);
    expect(codes).to.have.length.above(10);
    expect((await rowsOf('../../docs/errors.md')).map(([code]) => code)).to.deep.equal(codes);
  });
});
