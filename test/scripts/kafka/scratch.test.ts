import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { scratchFolder } from '../../../scripts/kafka/scratch.ts';

describe('scratchFolder', () => {
  let parent = '';

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'rx-lockstep-'));
  });

  afterEach(() => rmSync(parent, { recursive: true }));

  it('is empty, and goes with what is in it', async () => {
    const scratch = await scratchFolder(parent);
    expect(readdirSync(scratch.folder)).to.deep.equal([]);
    writeFileSync(join(scratch.folder, 'file'), '');
    await scratch.remove();
    expect(readdirSync(parent)).to.deep.equal([]);
    await scratch.remove();
  });

  it('goes with its process, even where that is killed', async () => {
    const url = new URL('../../../scripts/kafka/scratch.ts', import.meta.url);
    const code = `const { scratchFolder } = await import(${JSON.stringify(url.href)});
      console.log((await scratchFolder(${JSON.stringify(parent)})).folder); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [folder] = await once(child.stdout.setEncoding('utf8'), 'data');
    expect(existsSync(String(folder).trim())).to.equal(true);

    const removed = new Promise<void>((resolve) => {
      const watcher = watch(parent, () => {
        if (readdirSync(parent).length > 0) return;
        watcher.close();
        resolve();
      });
    });
    child.kill('SIGKILL');
    await removed;
    expect(readdirSync(parent)).to.deep.equal([]);
  });
});
