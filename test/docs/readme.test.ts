import { exec } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import * as lockstep from '../../operators/index.ts';
import * as kafka from '../../operators/kafka.ts';

const root = resolve(import.meta.dirname, '../..');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'docs/timing.md',
  'docs/errors.md',
  'docs/delivery.md',
  'docs/kafka-tuning.md',
];

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** Backends agree within 1e-4: the last digits of a number may differ. */
function rounded(text: string): string {
  return text.replaceAll(/\d+\.\d+/g, (number) => Number(number).toFixed(1)).trim();
}

describe('the pages', () => {
  for (const page of pages) {
    it(`${page} links to what is there`, () => {
      const links = [...read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
      const missing = links.filter(
        (target) => !/^https?:/.test(target) && !existsSync(join(root, dirname(page), target)),
      );
      expect(missing).to.deep.equal([]);
    });

    it(`${page} names scripts that are there`, () => {
      const { scripts } = JSON.parse(read('package.json'));
      const named = [...read(page).matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
      expect(named.filter((name) => !(name in scripts))).to.deep.equal([]);
    });
  }

  it('the README shows what its commands print', async function () {
    this.timeout(60_000);
    const sessions = [...read('README.md').matchAll(/^```console\n\$ (.+)\n([^`]+)^```/gm)];
    expect(sessions).to.have.length.above(0);
    for (const [, command = '', output = ''] of sessions) {
      const ours = command.replaceAll(/(?:npx )?\blockstep (?=\w)/g, 'node --import tsx cli/lockstep.ts ');
      const { stdout } = await promisify(exec)(ours, { cwd: root });
      expect(rounded(stdout), command).to.equal(rounded(output));
    }
  });

  it('the README names every operator in its table, and no other', () => {
    const rows = [...read('README.md').matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)];
    const named = rows.flatMap(([, cell = '']) => [...cell.matchAll(/\w+/g)].map(([name]) => name));
    const indexes = read('operators/index.ts') + read('operators/kafka.ts');
    const files = indexes.matchAll(/from '\.\/([\w-]+)\.ts'/g);
    const operators = [...files].map(([, file = '']) => file.replaceAll(/-(\w)/g, (_, letter) => letter.toUpperCase()));
    expect(named.toSorted()).to.deep.equal(operators.toSorted());
    for (const name of named) expect({ ...lockstep, ...kafka }).to.have.property(name);
  });
});
