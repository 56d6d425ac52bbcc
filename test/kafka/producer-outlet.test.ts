import { expect } from 'chai';
import fc from 'fast-check';
import { FakeError } from './fake-broker.ts';
import type { FakeRequest } from './fake-producer.ts';
import { turn } from './fake-time.ts';
import { failing, names, Rig } from './outlet-rig.ts';

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
    const rig = new Rig({ answer: 'hold' });
    rig.outlet.send({
      ...rig.dispatch('t', { value: 'a' }),
      confirmed: () => void Promise.resolve().then(() => rig.send('c')),
    });
    await turn();
    rig.send('b');
    rig.producer.requests[0]?.confirm();
    await turn();
    await turn();
    expect(rig.producer.sent).to.deep.equal([['a'], ['b', 'c']]);
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
