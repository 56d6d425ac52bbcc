import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const SCRIPT = fileURLToPath(new URL('../../scripts/install-libtensorflow.mjs', import.meta.url));

describe('scripts/install-libtensorflow.mjs', () => {
  let project = '';

  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), 'rx-lockstep-'));
    writeFileSync(join(project, 'package.json'), '{}');
  });

  afterEach(() => rmSync(project, { recursive: true, force: true }));

  function run(...args: string[]): { readonly status: number | null; readonly output: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, '--project', project, ...args], {
      encoding: 'utf8',
      env: { ...process.env, LIBTENSORFLOW_CACHE: join(project, 'cache') },
    });
    return { status, output: `${stdout}${stderr}` };
  }

  function put(...path: string[]): void {
    mkdirSync(join(project, ...path.slice(0, -1)), { recursive: true });
    writeFileSync(join(project, ...path), '{}');
  }

  describe('--dry-run', () => {
    before(function () {
      if (process.platform !== 'linux' || process.arch !== 'x64') this.skip(); // it covers nothing else
    });

    it('restores the package, fetches the library and builds, where there is nothing', () => {
      const { status, output } = run('--dry-run');
      expect(status).to.equal(0);
      expect(output.trim().split('\n')).to.deep.equal([
        `1. restore @tensorflow/tfjs-node in ${project}`,
        `2. unpack tensorflow-cpu==2.14.1 from pip into ${join(project, 'cache', '2.14.1-linux-x64')}`,
        '3. build the addon',
      ]);
    });

    it('only builds, where the package and the library are there but the addon does not load', () => {
      put('node_modules', '@tensorflow', 'tfjs-node', 'package.json');
      put('cache', '2.14.1-linux-x64', 'lib', 'libtensorflow.so.2.9.1');
      expect(run('--dry-run').output.trim()).to.equal('1. build the addon');
    });

    it('takes the version of a wheel at hand from its name', () => {
      put('tensorflow_cpu-2.15.0-cp39-cp39-linux_x86_64.whl');
      const wheel = join(project, 'tensorflow_cpu-2.15.0-cp39-cp39-linux_x86_64.whl');
      const { output } = run('--dry-run', '--wheel', wheel, '--cache', join(project, 'other'));
      expect(output).to.include(`unpack ${wheel} into ${join(project, 'other', '2.15.0-linux-x64')}`);
    });
  });

  it('explains itself', () => {
    const { status, output } = run('--help');
    expect(status).to.equal(0);
    expect(output).to.match(/^Usage: /);
  });

  it('refuses what it cannot use, in one line', () => {
    for (const args of [
      ['--bogus'],
      ['--wheel', 'x.whl'],
      ['--wheel', 'a-1.0-b.whl'],
      ['--project', join(project, 'no')],
    ]) {
      const { status, output } = run(...args);
      expect(status, args.join(' ')).to.equal(1);
      expect(output, args.join(' ')).to.match(/^install-libtensorflow: [^\n]+\n$/);
    }
  });
});
