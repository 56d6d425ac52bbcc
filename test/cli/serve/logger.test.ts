import { expect } from 'chai';
import { createLogger } from '../../../cli/serve/logger.ts';
import { prettyLine } from '../../../cli/serve/pretty-line.ts';
import type { ServeSettings } from '../../../cli/serve/settings.ts';
import { LockstepError } from '../../../src/errors.ts';
import { testConsole } from '../test-console.ts';

type LogSettings = Pick<ServeSettings, 'log' | 'logLevel'>;

function logged(settings: Partial<LogSettings>, terminal: boolean, env: Record<string, string> = {}): string {
  const console = testConsole({ terminal, env });
  const log = createLogger({ log: undefined, logLevel: 'info', ...settings }, console);
  log.debug('not shown');
  log.info({ group: 'g', partitions: { documents: [0, 1] } }, 'the group gave us partitions');
  log.error({ err: new LockstepError('SOURCE_FAILED', 'no\ngood', { cause: new Error('why') }) }, 'it ended');
  expect(console.err()).to.equal('');
  return console.out();
}

describe('the log of serve', () => {
  it('is JSON where nobody looks on, a line an event', () => {
    const [first = '', second = '', rest] = logged({}, false).split('\n');
    expect(rest).to.equal('');
    const { time, pid, hostname, ...fields } = JSON.parse(first);
    expect(fields).to.deep.equal({
      level: 'info',
      group: 'g',
      partitions: { documents: [0, 1] },
      msg: 'the group gave us partitions',
    });
    expect(new Date(time).toISOString()).to.equal(time);
    expect([pid, typeof hostname]).to.deep.equal([process.pid, 'string']);
    expect(JSON.parse(second)).to.deep.include({
      level: 'error',
      err: {
        type: 'LockstepError',
        code: 'SOURCE_FAILED',
        message: 'no\ngood',
        cause: { type: 'Error', message: 'why' },
      },
    });
  });

  it('is lines for people on a terminal', () => {
    const lines = logged({}, true, { NO_COLOR: '1' }).split('\n');
    expect(lines[0]).to.match(
      /^\d\d:\d\d:\d\d\.\d{3} info {2}the group gave us partitions group=g partitions=\{"documents":\[0,1\]\}$/,
    );
    expect(lines[1]).to.match(/^\d\d:\d\d:\d\d\.\d{3} error it ended err=no good ← why$/);
    expect(lines).to.have.length(3);
    expect(logged({}, true)).to.include('\u001B[31merror\u001B[0m');
  });

  it('is what it is told to be', () => {
    expect(logged({ log: 'json' }, true)).to.match(/^\{"level":"info"/);
    expect(logged({ log: 'pretty' }, false))
      .to.match(/^\d\d:/)
      .and.not.include('\u001B');
    expect(logged({ logLevel: 'silent' }, false)).to.equal('');
    expect(logged({ logLevel: 'error' }, false).split('\n')).to.have.length(2);
    expect(logged({ logLevel: 'trace' }, false)).to.include('not shown');
  });

  it('lets nothing through that moves the cursor, turns the text or breaks the line', () => {
    const line = JSON.stringify({
      level: 'warn',
      time: '2020-01-01T00:00:00.000Z',
      msg: 'a\u001B[31m\nb',
      text: '\u202Ex\r',
      n: null,
    });
    expect(prettyLine(line, false)).to.equal('00:00:00.000 warn  a [31m b text=" x\\r" n=null\n');
  });

  it('says once what an error and its cause both say', () => {
    const err = {
      type: 'A',
      message: 'refused',
      cause: { type: 'B', message: 'refused', cause: { type: 'C', message: 'why' } },
    };
    const line = JSON.stringify({ level: 'fatal', time: '2020-01-01T00:00:00.000Z', msg: 'x', err });
    expect(prettyLine(line, false)).to.equal('00:00:00.000 fatal x err=refused ← why\n');
  });
});
