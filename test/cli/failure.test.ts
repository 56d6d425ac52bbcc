import { expect } from 'chai';
import { CommanderError } from 'commander';
import { reportFailure } from '../../cli/failure.ts';
import { LockstepError } from '../../src/errors.ts';
import { testConsole } from './test-console.ts';

describe('reportFailure', () => {
  it('says what and ends with the code for it', () => {
    for (const [error, code, said] of [
      [new LockstepError('INVALID_ARGUMENT', 'bad'), 2, 'lockstep: bad [INVALID_ARGUMENT]\n'],
      [new LockstepError('INVALID_ENSEMBLE', 'two\n  lines'), 1, 'lockstep: two lines [INVALID_ENSEMBLE]\n'],
      [Object.assign(new Error('no room'), { code: 'ENOSPC' }), 1, 'lockstep: no room [ENOSPC]\n'],
      [new TypeError('a bug'), 1, 'lockstep: a bug\n'],
      ['thrown text', 1, 'lockstep: thrown text\n'],
      [new CommanderError(0, 'commander.helpDisplayed', ''), 0, ''],
      [new CommanderError(1, 'commander.unknownOption', 'said already'), 2, ''],
    ] as const) {
      const console = testConsole();
      expect(reportFailure(console, error, false)).to.equal(code);
      expect(console.err()).to.equal(said);
    }
  });

  it('shows stacks down to the first cause', () => {
    const console = testConsole();
    const cause = new Error('disk', { cause: 'dust' });
    reportFailure(console, new LockstepError('INVALID_DATA', 'unreadable', { cause }), true);
    expect(console.err()).to.match(/unreadable\n {4}at [\s\S]*caused by Error: disk\n {4}at [\s\S]*caused by dust\n$/);
  });
});
