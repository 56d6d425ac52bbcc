import { expect } from 'chai';
import { HELP, parseCommand } from '../../../scripts/kafka/arguments.ts';
import { Failure } from '../../../scripts/kafka/failure.ts';
import { TOOL_NAMES } from '../../../scripts/kafka/tools.ts';

const START = {
  kind: 'start',
  nodes: 1,
  port: undefined,
  dataDir: undefined,
  version: undefined,
  tls: false,
  users: {},
  properties: {},
};

describe('npm run kafka: arguments', () => {
  it('starts one broker when nothing is said', () => {
    expect(parseCommand([])).to.deep.equal(START);
    expect(parseCommand(['start'])).to.deep.equal(START);
  });

  it('takes every option of start', () => {
    const argv = ['--nodes', '3', '--port', '19092', '--data', 'here', '--version', '3.9.2', '--tls'];
    const more = ['--sasl', 'alice:a:b', '--sasl', 'bob:', '--property', 'a.b=c=d', '--property=x=1'];
    expect(parseCommand([...argv, ...more])).to.deep.equal({
      kind: 'start',
      nodes: 3,
      port: 19_092,
      dataDir: 'here',
      version: '3.9.2',
      tls: true,
      users: { alice: 'a:b', bob: '' },
      properties: { 'a.b': 'c=d', x: '1' },
    });
  });

  it('hands a tool its arguments as they are', () => {
    expect(parseCommand(['tool', 'topics', '--list', '--version', '--help'])).to.deep.equal({
      kind: 'tool',
      version: undefined,
      name: 'topics',
      args: ['--list', '--version', '--help'],
    });
    expect(parseCommand(['tool', '--version', '3.9.2', 'topics'])).to.deep.equal({
      kind: 'tool',
      version: '3.9.2',
      name: 'topics',
      args: [],
    });
  });

  it('resolves a version', () => {
    expect(parseCommand(['resolve'])).to.deep.equal({ kind: 'resolve', version: undefined });
    expect(parseCommand(['resolve', '--version', '3.9.2'])).to.deep.equal({ kind: 'resolve', version: '3.9.2' });
  });

  it('explains itself', () => {
    for (const argv of [['--help'], ['start', '--help'], ['resolve', '--help'], ['tool', '--help']])
      expect(parseCommand(argv), argv.join(' ')).to.deep.equal({ kind: 'help' });
    for (const name of TOOL_NAMES) expect(HELP).to.include(name);
    for (const line of HELP.split('\n')) expect(line.length, line).to.be.at.most(120);
  });

  it('refuses what it does not understand, in one line', () => {
    for (const [argv, message] of [
      [['stop'], 'expected start, tool or resolve, got stop'],
      [['--bogus'], "Unknown option '--bogus'"],
      [['start', 'twice'], "Unexpected argument 'twice'"],
      [['--nodes'], "Option '--nodes <value>' argument missing"],
      [['--nodes', '0'], '--nodes: expected a whole number from 1 to 9, got 0'],
      [['--nodes', '1.5'], '--nodes: expected a whole number from 1 to 9, got 1.5'],
      [['--port', '70000'], '--port: expected a whole number from 1 to 65535, got 70000'],
      [['--port', '65535', '--nodes', '2'], '--port: expected a whole number from 1 to 65534, got 65535'],
      [['--property', '=1'], '--property: expected K=V'],
      [['resolve', '--tls'], 'resolve takes no --tls'],
      [['tool', '--list'], /^expected the name of a tool, one of api-versions, /],
      [['tool'], /^expected the name of a tool/],
    ] as const)
      expect(() => parseCommand(argv), argv.join(' ')).to.throw(Failure, message);
  });

  it('does not repeat a password that it cannot use', () => {
    expect(() => parseCommand(['--sasl', 'hunter2']))
      .to.throw(Failure, '--sasl: expected USER:PASS')
      .with.property('message')
      .not.include('hunter2');
  });
});
