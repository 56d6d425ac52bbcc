import { expect } from 'chai';
import { CommandMissing, findCommand, run, talk } from '../../../scripts/kafka/processes.ts';

const node = process.execPath;

describe('processes that do not outlive their parent', () => {
  it('run to their end, and leave their output, their errors and their code', async () => {
    const code = 'process.stdin.on("data", (d) => console.log("got " + d)); console.error("oh"); process.exitCode = 3;';
    expect(await run(node, ['-e', code], { input: 'x' })).to.deep.equal({
      code: 3,
      signal: null,
      stdout: 'got x\n',
      stderr: 'oh\n',
    });
  });

  it('may pass over their input', async () => {
    const { code } = await run(node, ['-e', 'process.exit(0)'], { input: 'x'.repeat(1_000_000) });
    expect(code).to.equal(0);
  });

  it('are ended by an abort, before or after they began', async () => {
    const stop = new AbortController();
    const heard: string[] = [];
    const running = run(node, ['-e', 'console.log("up"); setInterval(() => {}, 1000)'], {
      signal: stop.signal,
      onOutput: (text) => {
        heard.push(text);
        stop.abort();
      },
    });
    expect(await running).to.include({ code: null, signal: 'SIGTERM', stdout: '' });
    expect(heard.join('')).to.equal('up\n');
    expect(await run(node, ['-e', 'setInterval(() => {}, 1000)'], { signal: AbortSignal.abort() })).to.include({
      signal: 'SIGTERM',
    });
  });

  it('are found as the shell finds them', async () => {
    expect(await findCommand('sh', '/nowhere:/bin')).to.equal('/bin/sh');
    expect(await findCommand('sh', '/nowhere')).to.equal(undefined);
    expect(await findCommand(node, '')).to.equal(node);
  });

  it('are missed by name', async () => {
    for (const start of [run, talk]) {
      const error = await start('no-such-command', []).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(CommandMissing).with.property('message', 'there is no command no-such-command');
    }
  });
});
