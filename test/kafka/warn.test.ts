import { expect } from 'chai';
import type { KafkaEvent } from '../../src/kafka/events.ts';
import { warn } from '../../src/kafka/warn.ts';

describe('warn', () => {
  /** The warnings that an event gives: code and message. */
  const warnings = (event: KafkaEvent): unknown[] => {
    const { emitWarning } = process;
    const given: unknown[] = [];
    process.emitWarning = (message, options) => void given.push([options, message]);
    try {
      warn(event);
    } finally {
      process.emitWarning = emitWarning;
    }
    return given;
  };
  const error = new Error('no broker');
  const documents = { topic: 'documents', partition: 3 };

  for (const [event, code, message] of [
    [
      { type: 'overdue', ...documents, offset: 17, age: 61_234 },
      'OVERDUE',
      'The document at documents/3/17 was emitted 61 s ago and is not settled, so nothing after it can be committed; does the chain end in a sink or acknowledge()?',
    ],
    [{ type: 'silence', milliseconds: 60_000 }, 'SILENCE', 'Nothing was heard from Kafka for 60 s'],
    [{ type: 'crash', error, retryIn: 2000 }, 'CRASH', 'The Kafka consumer ended: no broker; it is rebuilt in 2 s'],
    [
      { type: 'commit-failed', error: 'no reason', superseded: false },
      'COMMIT_FAILED',
      'Offsets could not be committed: no reason',
    ],
    [
      { type: 'transaction-failed', ...documents, error, fenced: false },
      'TRANSACTION_FAILED',
      'A transaction for documents/3 failed: no broker',
    ],
    [
      { type: 'send-failed', topic: 'verdicts', error, attempt: 2, retryIn: 200 },
      'SEND_FAILED',
      'Records for verdicts could not be sent: no broker; they are tried again in 200 ms',
    ],
    [{ type: 'stop', unsettled: 2 }, 'UNSETTLED', 'Documents that were not settled, and come again: 2'],
  ] satisfies [KafkaEvent, string, string][])
    it(`says: ${message}`, () => {
      expect(warnings(event)).to.deep.equal([[{ type: 'LockstepWarning', code: `LOCKSTEP_${code}` }, message]]);
    });

  for (const event of [
    { type: 'assign', groupId: 'g', epoch: 1, partitions: [], revoked: [documents] },
    { type: 'commit', offsets: [], milliseconds: 1 },
    { type: 'commit-failed', error, superseded: true },
    { type: 'crash', error, retryIn: undefined },
    { type: 'progress', inFlight: 1, partitions: [] },
    { type: 'drain', inFlight: 1 },
    { type: 'stop', unsettled: 0 },
    { type: 'send', topic: 'verdicts', records: 1, milliseconds: 1 },
    { type: 'transaction', ...documents, records: 1, offset: 1, milliseconds: 1 },
    { type: 'transaction-failed', ...documents, error, fenced: true },
  ] satisfies KafkaEvent[])
    it(`says nothing of ${JSON.stringify(event)}`, () => {
      expect(warnings(event)).to.deep.equal([]);
    });
});
