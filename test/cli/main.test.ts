import { expect } from 'chai';
import { main } from '../../cli/main.ts';
import { testConsole } from './test-console.ts';

async function run(...args: string[]) {
  const console = testConsole();
  const code = await main(args, console);
  return { code, out: console.out(), err: console.err() };
}

describe('lockstep', () => {
  it('shows help with commands, examples and exit codes', async () => {
    const { code, out, err } = await run('--help');
    expect([code, err]).to.deep.equal([0, '']);
    for (const part of [
      'classify',
      'serve',
      'train',
      'evaluate',
      'explain',
      'compress',
      'doctor',
      'Examples:',
      'Exit codes:',
      '130',
    ])
      expect(out).to.include(part);
  });

  it('shows help of every command, no line wider than a terminal', async () => {
    for (const command of [
      [],
      ['classify'],
      ['predict'],
      ['serve'],
      ['train'],
      ['evaluate'],
      ['explain'],
      ['compress'],
      ['doctor'],
    ]) {
      const { code, out } = await run(...command, '--help');
      expect(code).to.equal(0);
      expect(out).to.include(['Usage: lockstep', ...command].join(' '));
      for (const line of out.split('\n')) expect(line.length, line).to.be.at.most(81);
    }
  });

  it('shows the version', async () => {
    expect(await run('--version')).to.deep.include({ code: 0, err: '' });
    expect((await run('--version')).out).to.match(/^\d+\.\d+\.\d+\n$/);
  });

  it('shows help on stderr when nothing is asked for, and ends with 2', async () => {
    const { code, out, err } = await run();
    expect([code, out]).to.deep.equal([2, '']);
    expect(err).to.include('Usage: lockstep');
  });

  it('says in one line what is wrong with the command line, and ends with 2', async () => {
    for (const [args, message] of [
      [['sing'], /unknown command 'sing'/],
      [['classify', '--louder'], /unknown option '--louder'/],
      [['classify', '--clock', '0'], /Expected a time/],
      [['classify', '--batch', 'many'], /Expected a whole number/],
      [['classify', '--format', 'xml'], /Allowed choices are json, table/],
      [['classify', '--timeline=run.png'], /ends with \.svg/],
      [['classify', 'no/such/file'], /Cannot read no\/such\/file.*\[INVALID_ARGUMENT\]/],
      [['classify', 'no/such/file', '--timeline', 'no/other'], /Cannot read no\/such\/file/],
      [['evaluate'], /missing required argument/],
      [['serve', '--in'], /option '--in <topic,...>' argument missing/],
      [['serve', '--brokers', 'a:1', '--group', 'g', '--in', 'x'], /--out, LOCKSTEP_OUT or the key out: expected the/],
      [['serve', '--config', 'no/such/file'], /no\/such\/file: expected a file of settings/],
    ] as const) {
      const { code, out, err } = await run(...args);
      expect(code, args.join(' ')).to.equal(2);
      expect(out).to.equal('');
      expect(err)
        .to.match(/^lockstep: [^\n]+\n/)
        .and.match(message);
    }
  });

  it('takes of serve what was given, and not what commander fills in', async () => {
    const { code, out } = await run(
      'serve',
      '--brokers',
      'a:1',
      '--group',
      'g',
      '--in',
      'x,y',
      '--out',
      'z',
      '--print-config',
    );
    expect(code).to.equal(0);
    expect(out).to.include('http: true # default\n').and.include('in: [ x, y ] # --in\n');
    const off = ['serve', '--brokers', 'a:1', '--group', 'g', '--in', 'x', '--out', 'z', '--no-http', '--print-config'];
    expect((await run(...off)).out).to.include('http: false # --no-http\n');
  });

  it('shows the stack when asked to', async () => {
    expect((await run('classify', 'no/such/file')).err.trim().split('\n')).to.have.length(1);
    expect((await run('--debug', 'classify', 'no/such/file')).err).to.match(/\n {4}at /);
    const console = testConsole({ env: { LOCKSTEP_DEBUG: '1' } });
    await main(['classify', 'no/such/file'], console);
    expect(console.err())
      .to.match(/\n {4}at /)
      .and.to.include('caused by');
  });
});
