import { expect } from 'chai';
import { logEvents } from '../../../cli/serve/event-log.ts';
import type { LogLevel } from '../../../cli/serve/settings.ts';
import type { KafkaEvent } from '../../../src/kafka/events.ts';
import { testLog } from './log-lines.ts';

const error = Object.assign(new Error('no leader'), { type: 'LEADER_NOT_AVAILABLE' });
const err = { type: 'Error', message: 'no leader', code: 'LEADER_NOT_AVAILABLE' };
const place = { topic: 'documents', partition: 2 };

function linesFor(level: LogLevel, ...events: readonly KafkaEvent[]) {
  const { log, lines } = testLog(level);
  const tell = logEvents(log);
  for (const event of events) tell(event);
  return lines();
}

describe('the log of what happens in the group', () => {
  it('tells of partitions that came and went, by topic', () => {
    const partitions = [2, 0, 1].map((partition) => ({ topic: 'documents', partition }));
    const [some, none] = linesFor(
      'info',
      {
        type: 'assign',
        groupId: 'g',
        epoch: 1,
        partitions: [...partitions, { topic: 'more', partition: 0 }],
        revoked: [],
      },
      { type: 'assign', groupId: 'g', epoch: 2, partitions: [], revoked: partitions },
    );
    expect(some).to.deep.equal({
      level: 'info',
      group: 'g',
      epoch: 1,
      partitions: { documents: [0, 1, 2], more: [0] },
      revoked: {},
      msg: 'the group gave us partitions',
    });
    expect(none).to.deep.include({ partitions: {}, revoked: { documents: [0, 1, 2] } });
    expect(none?.msg).to.equal('joined the group, which has no partition for us');
  });

  it('tells of what goes wrong, as loud as it is bad', () => {
    const lines = linesFor(
      'info',
      { type: 'crash', error, retryIn: 2000 },
      { type: 'crash', error, retryIn: undefined },
      { type: 'silence', milliseconds: 60_000 },
      { type: 'overdue', ...place, offset: 7, age: 60_000 },
      { type: 'commit-failed', error, superseded: false },
      { type: 'commit-failed', error, superseded: true },
      { type: 'send-failed', topic: 'verdicts', error, attempt: 3, retryIn: 400 },
      { type: 'transaction-failed', ...place, error, fenced: false },
      { type: 'transaction-failed', ...place, error, fenced: true },
    );
    expect(lines).to.deep.equal([
      { level: 'error', err, retryIn: 2000, msg: 'the consumer ended, and is rebuilt' },
      { level: 'error', err, msg: 'the consumer ended, and starts anew by itself' },
      { level: 'error', milliseconds: 60_000, msg: 'nothing was heard from the cluster' },
      { level: 'warn', ...place, offset: 7, age: 60_000, msg: 'a document is in flight for long and holds up commits' },
      { level: 'warn', err, msg: 'offsets could not be committed; they are tried again' },
      { level: 'info', err, msg: 'the group has moved on; what was not committed comes again' },
      {
        level: 'warn',
        err,
        topic: 'verdicts',
        attempt: 3,
        retryIn: 400,
        msg: 'records could not be sent; they are tried again',
      },
      { level: 'warn', err, ...place, msg: 'a transaction failed; it is done anew' },
      { level: 'info', err, ...place, msg: 'another process has taken over a partition' },
    ]);
  });

  it('tells how it ends', () => {
    expect(
      linesFor('info', { type: 'drain', inFlight: 12 }, { type: 'stop', unsettled: 0 }, { type: 'stop', unsettled: 3 }),
    ).to.deep.equal([
      { level: 'info', inFlight: 12, msg: 'takes no more, and finishes what is in flight' },
      { level: 'info', msg: 'left the group' },
      { level: 'warn', unsettled: 3, msg: 'left the group with documents unfinished; they come again' },
    ]);
  });

  it('tells of what goes well, and often, only to those who ask', () => {
    const events: readonly KafkaEvent[] = [
      { type: 'progress', inFlight: 1, partitions: [] },
      { type: 'commit', offsets: [{ ...place, offset: 3 }], milliseconds: 1 },
      { type: 'send', topic: 'verdicts', records: 64, milliseconds: 2 },
      { type: 'transaction', ...place, records: 64, offset: 3, milliseconds: 2 },
    ];
    expect(linesFor('debug', ...events)).to.deep.equal([]);
    expect(linesFor('trace', ...events).map(({ msg }) => msg)).to.deep.equal([
      'progress',
      'commit',
      'send',
      'transaction',
    ]);
  });
});
