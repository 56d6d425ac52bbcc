import { expect } from 'chai';
import fc from 'fast-check';
import type { KafkaSinkEvent } from '../../src/kafka/events.ts';
import type { Dispatch, Outlet, OutletOptions } from '../../src/kafka/outlet.ts';
import { ProducerOutlet } from '../../src/kafka/producer-outlet.ts';
import { FakeError } from './fake-broker.ts';
import { FakeProducer, type FakeProducerOptions, type FakeRequest } from './fake-producer.ts';
import { FakeTime, turn } from './fake-time.ts';

/** What became of each value, in the order in which it was told. */
type Fates = string[];

interface Sending {
  readonly key?: string | Buffer | null;
  readonly topic?: string;
  readonly partition?: number;
}

class Rig {
  readonly time = new FakeTime();
  readonly events: KafkaSinkEvent[] = [];
  readonly fates: Fates = [];
  readonly errors: unknown[] = [];
  readonly producer: FakeProducer;
  readonly outlet: Outlet;

  constructor(producer: FakeProducerOptions = {}, options: Partial<OutletOptions> = {}) {
    this.producer = new FakeProducer(producer);
    this.outlet = new ProducerOutlet(this.producer, {
      acks: -1,
      compression: 0,
      maxBatch: 1000,
      maxSends: 1,
      onClose: 'leave',
      scheduler: this.time,
      observe: (event) => this.events.push(event),
      ...options,
    });
  }

  send(value: string, { key = null, topic = 't', partition }: Sending = {}): void {
    const record = { key, value, ...(partition !== undefined && { partition }) };
    this.outlet.send(this.dispatch(topic, record));
  }

  dispatch(topic: string, record: Dispatch['record']): Dispatch {
    const name = String(record.value).slice(0, 9);
    return {
      document: { text: '' },
      topic,
      record,
      confirmed: () => this.fates.push(name),
      superseded: () => this.fates.push(`${name} superseded`),
      failed: (error) => {
        this.fates.push(`${name} failed`);
        this.errors.push(error);
      },
    };
  }

  get attempts(): number[][] {
    return this.events.flatMap((event) => (event.type === 'send-failed' ? [[event.attempt, event.retryIn]] : []));
  }
}

/** Refuses what is longer than a broker takes. */
const strict =
  (maxBytes: number) =>
  ({ records, confirm, refuse }: FakeRequest): void => {
    const size = records.reduce((sum, { value }) => sum + String(value).length, 0);
    if (size > maxBytes) refuse(new FakeError('MESSAGE_TOO_LARGE'));
    else confirm();
  };

/** Refuses requests with these errors, one after the other, and confirms those after. */
function failing(...errors: unknown[]): (request: FakeRequest) => void {
  return ({ confirm, refuse }) => {
    const error = errors.shift();
    if (error === undefined) confirm();
    else refuse(error);
  };
}

const names = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => String(from + i));

describe('ProducerOutlet', () => {
  it('sends what comes within a turn of the event loop together, by topic, and never calls back at once', async () => {
    const rig = new Rig({}, { acks: 1, compression: 2 });
    rig.send('a');
    rig.send('b', { topic: 'u' });
    await Promise.resolve();
    rig.send('c');
    expect(rig.fates).to.deep.equal([]);
    await turn();
    await turn();
    expect(rig.producer.requests.map(({ batch }) => batch)).to.deep.equal([
      {
        topicMessages: [
          {
            topic: 't',
            messages: [
              { key: null, value: 'a' },
              { key: null, value: 'c' },
            ],
          },
          { topic: 'u', messages: [{ key: null, value: 'b' }] },
        ],
        acks: 1,
        compression: 2,
      },
    ]);
    expect(rig.fates).to.deep.equal(['a', 'b', 'c']);
    expect(rig.events.map((event) => event.type === 'send' && [event.topic, event.records])).to.deep.equal([
      ['t', 2],
      ['u', 1],
    ]);
  });

  it('has one request under way, and sends what came meanwhile with the next', async () => {
    const rig = new Rig({ answer: 'hold' });
    rig.send('a');
    await turn();
    rig.send('b');
    await turn();
    rig.send('c');
    await turn();
    expect(rig.producer.sent).to.deep.equal([['a']]);
    rig.producer.requests[0]?.confirm();
    await turn();
    await turn();
    expect(rig.producer.sent).to.deep.equal([['a'], ['b', 'c']]);
    expect(rig.fates).to.deep.equal(['a']);
  });

  it('waits for a turn after a request, for what its confirmations bring', async () => {
    const rig = new Rig();
    const more = names(3, 10);
    rig.outlet.send({
      ...rig.dispatch('t', { value: 'a' }),
      confirmed: () => void Promise.resolve().then(() => more.forEach((value) => void rig.send(value))),
    });
    await turn();
    rig.send('b');
    for (let i = 0; i < 4; i++) await turn();
    expect(rig.producer.sent.slice(1).flat()).to.have.members(['b', ...more]);
    expect(rig.producer.sent.length).to.be.at.most(3);
  });

  it('bounds the records and the bytes of a request; what is larger goes alone', async () => {
    const byCount = new Rig({}, { maxBatch: 2 });
    for (const value of names(5)) byCount.send(value);
    await byCount.time.pass(0);
    for (let i = 0; i < 5; i++) await turn();
    expect(byCount.producer.sent).to.deep.equal([['0', '1'], ['2', '3'], ['4']]);
    const byBytes = new Rig();
    for (const size of [400_000, 400_000, 400_000, 2_000_000, 10, 10]) byBytes.send('x'.repeat(size));
    for (let i = 0; i < 8; i++) await turn();
    expect(byBytes.producer.sent.map((values) => values.map(({ length }) => length))).to.deep.equal([
      [400_000, 400_000],
      [400_000],
      [2_000_000],
      [10, 10],
    ]);
  });

  it('counts keys and headers as well', async () => {
    const rig = new Rig();
    const large = 'ü'.repeat(150_000);
    for (let i = 0; i < 2; i++)
      rig.outlet.send(
        rig.dispatch('t', {
          key: large,
          value: null,
          headers: { a: Buffer.from(large), b: [large, 'x'], c: undefined },
        }),
      );
    for (let i = 0; i < 4; i++) await turn();
    expect(rig.producer.sent).to.have.length(2);
  });

  it('connects with the first record, and disconnects when it is closed', async () => {
    const rig = new Rig();
    await turn();
    expect(rig.producer.calls).to.deep.equal([]);
    rig.send('a');
    await turn();
    await turn();
    rig.send('b');
    for (let i = 0; i < 3; i++) await turn();
    await rig.outlet.close();
    await rig.outlet.close();
    expect(rig.producer.calls).to.deep.equal(['connect', 'send', 'send', 'disconnect']);
    expect(rig.time.waiting).to.equal(0);
  });

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

  describe('with several requests at once', () => {
    it('never has a key in two of them, and keeps the order of each key, whatever fails', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.nat(9), { minLength: 1, maxLength: 60 }),
          fc.integer({ min: 2, max: 5 }),
          fc.infiniteStream(fc.constantFrom('confirm', 'confirm', 'confirm', 'fail', 'wait')),
          async (keys, maxSends, moves) => {
            const open = new Set<FakeRequest>();
            const answer = (request: FakeRequest): void => {
              const own = new Set(request.records.map(({ key }) => String(key)));
              for (const other of open) expect(other.records.some(({ key }) => own.has(String(key)))).to.equal(false);
              open.add(request);
            };
            const rig = new Rig({ answer, partitions: 3 }, { maxSends, maxBatch: 4 });
            for (const [i, key] of keys.entries())
              rig.send(`${key}.${i}`, { key: i % 2 === 0 ? `k${key}` : Buffer.from(`k${key}`) });
            for (const move of moves) {
              await turn();
              const [request] = open;
              if (rig.fates.length === keys.length) break;
              if (!request || move === 'wait') {
                await rig.time.pass(10_000);
                continue;
              }
              open.delete(request);
              if (move === 'confirm') request.confirm();
              else request.refuse(new FakeError('REQUEST_TIMED_OUT'));
            }
            expect(rig.producer.mostOpen).to.be.at.most(maxSends);
            for (const key of new Set(keys)) {
              const indexes = rig.fates
                .filter((fate) => fate.startsWith(`${key}.`))
                .map((fate) => Number(fate.split('.')[1]));
              expect(indexes).to.deep.equal(keys.flatMap((each, i) => (each === key ? [i] : [])));
            }
          },
        ),
        { numRuns: 50 },
      );
    });

    it('spreads records without a key, and keeps those of a chosen partition together', async () => {
      const rig = new Rig({ answer: 'hold', partitions: 4 }, { maxSends: 2 });
      for (const value of names(4)) rig.send(value);
      await turn();
      expect(rig.producer.sent).to.deep.equal([
        ['0', '2'],
        ['1', '3'],
      ]);
      const chosen = new Rig({ answer: 'hold', partitions: 4 }, { maxSends: 2 });
      for (const value of names(4)) chosen.send(value, { partition: value < '2' ? 2 : 3 });
      await turn();
      expect(chosen.producer.sent).to.deep.equal([
        ['0', '1'],
        ['2', '3'],
      ]);
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
    const fates: string[] = [];
    const events: KafkaSinkEvent[] = [];
    const producer = new Forgetful({ partitions: 3 });
    const rig = new Rig();
    const outlet = new ProducerOutlet(producer, {
      acks: -1,
      compression: 0,
      maxBatch: 1000,
      maxSends: 1,
      onClose: 'send',
      scheduler: rig.time,
      observe: (event) => events.push(event),
    });
    for (const value of names(5)) outlet.send({ ...rig.dispatch('t', { value }), confirmed: () => fates.push(value) });
    await outlet.close();
    expect(producer.sent).to.deep.equal([names(5), ['0', '3']]);
    expect(fates).to.deep.equal(['1', '2', '4', '0', '3']);
    expect(events.map((event) => [event.type, 'records' in event ? event.records : undefined])).to.deep.equal([
      ['send', 3],
      ['send-failed', undefined],
      ['send', 2],
    ]);
  });

  describe('when it is closed', () => {
    it('waits for the request under way, tells what became of it, and leaves the rest without a word', async () => {
      const rig = new Rig({ answer: 'hold' });
      rig.send('a');
      await turn();
      rig.send('b');
      let closed = false;
      const closing = rig.outlet.close().then(() => {
        closed = true;
      });
      rig.send('c');
      await turn();
      expect(closed).to.equal(false);
      rig.producer.requests[0]?.confirm();
      await closing;
      await turn();
      expect(rig.fates).to.deep.equal(['a']);
      expect(rig.producer.calls).to.deep.equal(['connect', 'send', 'disconnect']);
      expect(rig.time.waiting).to.equal(0);
    });

    it('does not wait for another attempt', async () => {
      const rig = new Rig({ answer: failing(new FakeError('REQUEST_TIMED_OUT')) });
      rig.send('a');
      for (let i = 0; i < 2; i++) await turn();
      expect(rig.time.waiting).to.equal(1);
      await rig.outlet.close();
      expect(rig.producer.calls).to.deep.equal(['connect', 'send', 'disconnect']);
      expect(rig.fates).to.deep.equal([]);
      expect(rig.time.waiting).to.equal(0);
    });

    it('does not wait for ever for a client that tries for ever', async () => {
      const rig = new Rig({ answer: 'hold' });
      rig.send('a');
      await turn();
      const closing = rig.outlet.close();
      await rig.time.pass(30_000);
      await closing;
      expect(rig.producer.calls.at(-1)).to.equal('disconnect');
    });

    it('sends the rest if that is asked for, until something fails', async () => {
      const rig = new Rig({}, { onClose: 'send', maxBatch: 2 });
      for (const value of names(5)) rig.send(value);
      await rig.outlet.close();
      expect(rig.fates).to.deep.equal(names(5));
      const fault = new FakeError('REQUEST_TIMED_OUT');
      const down = new Rig({ answer: failing(undefined, fault) }, { onClose: 'send', maxBatch: 2 });
      for (const value of names(5)) down.send(value);
      await down.outlet.close();
      expect(down.fates).to.deep.equal(names(2));
      expect(down.time.waiting).to.equal(0);
      const waiting = new Rig({ answer: failing(fault, fault) }, { onClose: 'send' });
      waiting.send('a');
      for (let i = 0; i < 2; i++) await turn();
      await waiting.outlet.close();
      expect(waiting.producer.calls).to.deep.equal(['connect', 'send', 'connect', 'send', 'disconnect']);
      expect(waiting.fates).to.deep.equal([]);
    });
  });
});
