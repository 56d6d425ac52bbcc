import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const folder = new URL('./wrong/', import.meta.url);
const root = fileURLToPath(new URL('../../', import.meta.url));
const ERROR = /^test\/types\/wrong\/([\w-]+)\.ts\((\d+),\d+\): error TS\d+: /;

/** What the compiler says, a list of messages a file; the lines that explain a message belong to it. */
function compile(): Map<string, { line: number; message: string }[]> {
  const args = ['node_modules/typescript/bin/tsc', '-p', 'test/types/wrong', '--noEmit', '--pretty', 'false'];
  const { stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  const errors = new Map<string, { line: number; message: string }[]>();
  let last: { line: number; message: string } | undefined;
  for (const text of stdout.split('\n')) {
    const match = ERROR.exec(text);
    if (match?.[1]) {
      last = { line: Number(match[2]), message: text };
      errors.set(match[1], [...(errors.get(match[1]) ?? []), last]);
    } else if (text.startsWith(' ') && last) last.message += `\n${text}`;
    else expect(text, 'an error elsewhere').to.equal('');
  }
  return errors;
}

describe('wrong programs', function () {
  this.timeout(60_000);
  let errors: ReturnType<typeof compile>;
  before(() => {
    errors = compile();
  });

  it('do not disturb a right one', () => {
    expect(errors.get('right')).to.equal(undefined);
  });

  for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'right.ts')) {
    const name = file.replace(/\.ts$/, '');
    it(`${name} does not compile`, () => {
      const lines = readFileSync(new URL(file, folder), 'utf8').split('\n');
      const marked = lines.findIndex((line) => line.includes('// expect: '));
      const found = errors.get(name) ?? [];
      expect(found).to.have.length(1);
      expect(found[0]?.line).to.equal(marked + 1);
      expect(found[0]?.message).to.include(lines[marked]?.split('// expect: ')[1]);
    });
  }
});
