import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Makes every import of what should not be loaded fail. */
const refusing = (pattern: RegExp) => {
  const hooks = `export async function resolve(name, context, next) {
    if (${pattern}.test(name)) throw new Error('loaded ' + name);
    return next(name, context);
  }`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(asModule(hooks))});`;
  return ['--import', asModule(register)];
};

function asModule(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function lockstep(args: readonly string[], nodeArgs: readonly string[] = []): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, ['--import', 'tsx', ...nodeArgs, 'cli/lockstep.ts', ...args], { cwd: ROOT });
}

async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, out, err };
}

/** Resolves when a process has written something like that. */
async function said(child: ChildProcessWithoutNullStreams, what: string): Promise<void> {
  let out = '';
  while (!out.includes(what)) out += (await once(child.stdout, 'data'))[0];
}

describe('the lockstep process', () => {
  it('shows help without loading RxJS or a tensor library', async () => {
    const { code, out, err } = await ended(lockstep(['--help'], refusing(/^rxjs|^@tensorflow/)));
    expect(err).to.equal('');
    expect(code).to.equal(0);
    expect(out).to.include('Usage: lockstep');
  });

  it('loads no tensor library until there is a document', async () => {
    const child = lockstep(['classify'], refusing(/^@tensorflow/));
    child.stdin.end('\n\n');
    expect(await ended(child)).to.deep.equal({ code: 0, out: '', err: '' });
  });

  it('ends with 130 when interrupted while it waits for input', async () => {
    const child = lockstep(['classify']);
    const end = ended(child);
    // A line that no model is for is reported: then the command runs.
    child.stdin.write('123\n');
    await once(child.stderr, 'data');
    child.kill('SIGINT');
    const { code, out, err } = await end;
    expect(code).to.equal(130);
    expect(out).to.equal('');
    expect(err).to.include('press Ctrl-C again');
  });

  it('ends at once, with 143, when terminated a second time', async function () {
    if (!existsSync(`${ROOT}/models/en-news/ensemble.json`)) return this.skip();
    this.timeout(30_000);
    // A broker that takes the connection and never says a word.
    const broker = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    await once(broker, 'listening');
    const address = broker.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const args = ['--group', 'g', '--in', 'x', '--out', 'y', '--model', 'en-news', '--no-http', '--log', 'json'];
    const child = lockstep(['serve', '--brokers', `127.0.0.1:${port}`, ...args]);
    try {
      const end = ended(child);
      await once(broker, 'connection');
      child.kill('SIGTERM');
      await said(child, 'asked to stop');
      child.kill('SIGTERM');
      expect(await end).to.deep.include({ code: 143, err: '' });
    } finally {
      child.kill('SIGKILL');
      broker.close();
    }
  });

  it('ends quietly when whoever reads the output leaves', async function () {
    if (!existsSync(`${ROOT}/models/en-news/ensemble.json`)) return this.skip();
    this.timeout(30_000);
    const child = lockstep(['classify']);
    child.stdin.on('error', () => {}); // it leaves as well
    const feeding = setInterval(() => child.stdin.write('Stocks rally as oil falls\n'.repeat(100)), 5);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [code] = await once(child, 'close');
    clearInterval(feeding);
    expect(code).to.equal(0);
  });
});
