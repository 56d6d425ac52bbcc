import { expect } from 'chai';
import fc from 'fast-check';
import { FakeError } from './fake-broker.ts';
import { FakeProducer } from './fake-producer.ts';
import { turn } from './fake-time.ts';
import { failing, names, Rig, strict } from './outlet-rig.ts';

describe('Shipper', () => {
  describe('when the broker is away', () => {
    it('tries again, later and later, and tells', async () => {
      const errors = Array.from({ length: 9 }, () => new FakeError('LEADER_NOT_AVAILABLE'));
      const rig = new Rig({ answer: failing(...errors) });
      rig.send('a');
      await turn();
      rig.send('b');
      await rig.time.pass(12_699);
      expect(rig.producer.requests).to.have.length(7);
      expect(rig.fates).to.deep.equal([]);
      await rig.time.pass(1);
      expect(rig.producer.requests).to.have.length(8);
      await rig.time.pass(20_000);
      for (let i = 0; i < 2; i++) await turn();
      expect(rig.fates).to.deep.equal(['a', 'b']);
      expect(rig.producer.sent).to.deep.equal([...Array.from({ length: 10 }, () => ['a']), ['b']]);
      expect(rig.attempts).to.deep.equal([
        [1, 100],
        [2, 200],
        [3, 400],
        [4, 800],
        [5, 1600],
        [6, 3200],
        [7, 6400],
        [8, 10_000],
        [9, 10_000],
      ]);
      expect(rig.events).to.deep.include({
        type: 'send-failed',
        topic: 't',
        error: errors[0],
        attempt: 1,
        retryIn: 100,
      });
      expect(rig.time.waiting).to.equal(0);
    });

    it('begins anew with the shortest pause after a success', async () => {
      const fault = new FakeError('REQUEST_TIMED_OUT');
      const rig = new Rig({ answer: failing(fault, fault, undefined, fault) });
      rig.send('a');
      await rig.time.pass(300);
      rig.send('b');
      await rig.time.pass(100);
      expect(rig.attempts).to.deep.equal([
        [1, 100],
        [2, 200],
        [1, 100],
      ]);
      expect(rig.fates).to.deep.equal(['a', 'b']);
    });

    it('tries to connect again as well', async () => {
      let down = 2;
      const connect = async (): Promise<void> => {
        if (down-- > 0) throw new FakeError('no broker');
      };
      const rig = new Rig({ connect });
      rig.send('a');
      await rig.time.pass(300);
      expect(rig.producer.calls).to.deep.equal(['connect', 'connect', 'connect', 'send']);
      expect(rig.fates).to.deep.equal(['a']);
    });

    it('connects again before it tries again, whoever has disconnected the producer', async () => {
      const rig = new Rig({ answer: failing(new Error('The producer is disconnected')) });
      rig.send('a');
      await rig.time.pass(100);
      expect(rig.producer.calls).to.deep.equal(['connect', 'send', 'connect', 'send']);
    });

    it('sends again to the same partitions, that an idempotent producer is understood', async () => {
      const rig = new Rig({ partitions: 3, answer: failing(new FakeError('NOT_ENOUGH_REPLICAS')) });
      for (const value of names(4)) rig.send(value);
      rig.send('5', { key: 'key' });
      await rig.time.pass(100);
      expect(rig.producer.requests[1]?.records.map(({ partition }) => partition)).to.deep.equal([0, 1, 2, 0, 0]);
      expect(rig.fates).to.deep.equal(['0', '1', '2', '3', '5']);
    });
  });

  describe('when there is no hope', () => {
    it('fails what a request held, and goes on', async () => {
      const error = new FakeError('TOPIC_AUTHORIZATION_FAILED');
      const rig = new Rig({ answer: failing(error) }, { maxBatch: 2 });
      for (const value of names(3)) rig.send(value);
      for (let i = 0; i < 4; i++) await turn();
      expect(rig.fates).to.deep.equal(['0 failed', '1 failed', '2']);
      expect(rig.errors).to.deep.equal([error, error]);
      expect(rig.events.map(({ type }) => type)).to.deep.equal(['send']);
    });

    it('fails what is sent with an idempotent producer that can go on no more', async () => {
      for (const type of ['OUT_OF_ORDER_SEQUENCE_NUMBER', 'UNKNOWN_PRODUCER_ID', 'INVALID_PRODUCER_EPOCH']) {
        const rig = new Rig({ answer: failing(new FakeError(type)) });
        rig.send('a');
        for (let i = 0; i < 2; i++) await turn();
        expect(rig.fates).to.deep.equal(['a failed']);
      }
    });

    it('fails what is sent if it may not connect', async () => {
      const error = Object.assign(new Error('no'), { name: 'KafkaJSSASLAuthenticationError' });
      const rig = new Rig({ connect: () => Promise.reject(error) });
      rig.send('a');
      for (let i = 0; i < 2; i++) await turn();
      expect(rig.errors).to.deep.equal([error]);
      expect(rig.producer.calls).to.deep.equal(['connect']);
    });

    it('fails for a topic that was never there, sends to the others, and waits for one that was', async () => {
      const gone = new FakeError('UNKNOWN_TOPIC_OR_PARTITION');
      let missing = new Set(['none']);
      const rig = new Rig({
        answer: ({ batch: { topicMessages }, confirm, refuse }) => {
          if (topicMessages.some(({ topic }) => missing.has(topic))) refuse(gone);
          else confirm();
        },
      });
      rig.send('a');
      for (let i = 0; i < 3; i++) await turn();
      rig.send('b', { topic: 'none' });
      rig.send('c');
      for (let i = 0; i < 3; i++) await turn();
      expect(rig.fates).to.deep.equal(['a', 'b failed', 'c']);
      missing = new Set(['t']);
      rig.send('d');
      await rig.time.pass(100);
      expect(rig.fates).to.have.length(3);
      missing.clear();
      await rig.time.pass(200);
      expect(rig.fates).to.deep.equal(['a', 'b failed', 'c', 'd']);
    });

    it('fails for a partition that does not exist, of which the client says nothing', async () => {
      const rig = new Rig({ partitions: 2 });
      rig.send('a', { partition: 1 });
      rig.send('b', { partition: 7 });
      for (let i = 0; i < 3; i++) await turn();
      expect(rig.fates).to.deep.equal(['a', 'b failed']);
      expect(rig.errors[0]).to.have.property('message', 'Expected a partition that exists, got t/7');
    });
  });

  describe('when something is too large', () => {
    it('finds the one record, and the others go', async () => {
      const rig = new Rig({ answer: strict(100) });
      for (const value of names(8)) rig.send(value === '5' ? 'x'.repeat(101) : value);
      for (let i = 0; i < 3; i++) await turn();
      expect(rig.fates).to.deep.equal(['0', '1', '2', '3', '4', 'xxxxxxxxx failed', '6', '7']);
      expect(rig.producer.sent.map(({ length }) => length)).to.deep.equal([8, 4, 4, 2, 1, 1, 2]);
    });

    it('looks for it partition by partition, for the broker may have taken all others', async () => {
      const rig = new Rig({ partitions: 4, answer: strict(100) });
      for (const value of names(8)) rig.send(value === '5' ? 'x'.repeat(101) : value);
      for (let i = 0; i < 3; i++) await turn();
      expect(rig.producer.sent.map((values) => values.map((value) => value.slice(0, 1)))).to.deep.equal([
        ['0', '1', '2', '3', '4', 'x', '6', '7'],
        ['0', '4'],
        ['1', 'x'],
        ['1'],
        ['x'],
        ['2', '6'],
        ['3', '7'],
      ]);
      expect(rig.fates).to.have.members(['0', '1', '2', '3', '4', 'xxxxxxxxx failed', '6', '7']);
    });

    it('makes smaller requests if it was only too large together', async () => {
      const rig = new Rig({ answer: strict(4000) });
      const send = (): void => {
        for (let i = 0; i < 8; i++) rig.send(`${i}${'x'.repeat(999)}`);
      };
      send();
      for (let i = 0; i < 3; i++) await turn();
      expect(rig.producer.sent.map(({ length }) => length)).to.deep.equal([8, 4, 4]);
      send();
      for (let i = 0; i < 4; i++) await turn();
      expect(rig.producer.sent.slice(3).map(({ length }) => length)).to.deep.equal([4, 4]);
      expect(rig.errors).to.deep.equal([]);
    });

    it('neither loses nor doubles a callback, whatever is too large', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.nat(150), { minLength: 1, maxLength: 40 }),
          fc.integer({ min: 1, max: 5 }),
          fc.integer({ min: 1, max: 3 }),
          async (sizes, partitions, maxSends) => {
            const rig = new Rig({ partitions, answer: strict(100) }, { maxSends });
            for (const [i, size] of sizes.entries()) rig.send(`${i}:`.padEnd(size, '.'), { key: 'x'.repeat(i % 7) });
            await rig.outlet.close();
            // Closed before its first turn: nothing was sent.
            expect(rig.producer.requests).to.deep.equal([]);
            const again = new Rig({ partitions, answer: strict(100) }, { maxSends, onClose: 'send' });
            const values = sizes.map((size, i) => `${i}:`.padEnd(size, '.'));
            for (const [i, value] of values.entries()) again.send(value, { key: 'x'.repeat(i % 7) });
            await again.outlet.close();
            const expected = values.map((value) =>
              value.length > 100 ? `${value.slice(0, 9)} failed` : value.slice(0, 9),
            );
            expect(again.fates).to.have.members(expected);
            expect(again.fates).to.have.length(expected.length);
          },
        ),
        { numRuns: 50 },
      );
    });
  });

  it('confirms without an answer that it could check, where no answer was asked for', async () => {
    const rig = new Rig({}, { acks: 0 });
    rig.send('a');
    await turn();
    await turn();
    expect(rig.fates).to.deep.equal(['a']);
  });

  it('sends again what the client has left out, although it reports success', async () => {
    class Forgetful extends FakeProducer {
      override async sendBatch(batch: Parameters<FakeProducer['sendBatch']>[0]): Promise<unknown> {
        const answer = await super.sendBatch(batch);
        return Array.isArray(answer) && answer.length > 1 ? answer.slice(1) : answer;
      }
    }
    const rig = new Rig(new Forgetful({ partitions: 3 }), { onClose: 'send' });
    for (const value of names(5)) rig.send(value);
    await rig.outlet.close();
    expect(rig.producer.sent).to.deep.equal([names(5), ['0', '3']]);
    expect(rig.fates).to.deep.equal(['1', '2', '4', '0', '3']);
    expect(rig.events.map((event) => [event.type, 'records' in event ? event.records : undefined])).to.deep.equal([
      ['send', 3],
      ['send-failed', undefined],
      ['send', 2],
    ]);
  });
});
