import { expect } from 'chai';
import { retry } from 'rxjs';
import { LockstepError } from '../../src/errors.ts';
import { FakeError } from './fake-broker.ts';
import { FakeConsumer } from './fake-consumer.ts';
import { FakeSource } from './fake-source.ts';
import { turn } from './fake-time.ts';

/** Something that a test lets happen. */
function later(): { readonly promise: Promise<void>; readonly happens: () => void } {
  let happens = (): void => {};
  const promise = new Promise<void>((resolve) => {
    happens = resolve;
  });
  return { promise, happens };
}

describe('kafkaSource, from beginning to end', () => {
  it('does nothing before it is subscribed to', async () => {
    const source = new FakeSource();
    await source.time.pass(1000);
    expect(source.consumer.calls).to.deep.equal([]);
    source.expectGone();
  });

  it('runs the consumer without its own commits, from the beginning of the log', async () => {
    const source = new FakeSource({ source: { concurrency: 3 } }).subscribe();
    await source.time.pass(10);
    expect(source.consumer.calls).to.deep.equal(['connect', 'subscribe', 'run']);
    expect(source.consumer.fromBeginning).to.equal(true);
    expect(source.consumer.config).to.deep.include({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 3,
    });
  });

  it('says what it was given', async () => {
    const source = new FakeSource({ partitions: 2 }).subscribe();
    await source.time.pass(100);
    source.broker.rebalance([0]);
    await source.time.pass(1000);
    const [zero, one] = [0, 1].map((partition) => ({ topic: 'documents', partition }));
    expect(source.eventsOf('assign')).to.deep.equal([
      { type: 'assign', groupId: 'group', epoch: 1, partitions: [zero, one], revoked: [] },
      { type: 'assign', groupId: 'group', epoch: 2, partitions: [one], revoked: [zero] },
    ]);
  });

  describe('unsubscribed', () => {
    it('commits what is finished, leaves, and says what comes again', async () => {
      const source = new FakeSource().produce(5).subscribe();
      await source.time.pass(50);
      for (const { receipt } of source.emitted.slice(0, 3)) receipt.acknowledge();
      source.subscription.unsubscribe();
      await source.time.pass(200);
      expect(source.broker.committed.get(0)).to.equal(3);
      expect(source.eventsOf('stop')).to.deep.equal([{ type: 'stop', unsettled: 2 }]);
      expect(source.completed).to.equal(false);
      source.expectGone();
    });

    it('emits nothing more, though it is in the middle of a batch', async () => {
      const decoded: string[] = [];
      const source = new FakeSource({
        next: (_, source) => source.subscription.unsubscribe(),
        source: { decode: ({ offset }) => ({ text: String(decoded.push(offset)), id: offset }) },
      })
        .produce(50)
        .subscribe();
      await source.time.pass(200);
      expect(decoded).to.deep.equal(['0']);
      expect(source.emitted.length).to.equal(1);
      source.expectGone();
    });

    it('commits nothing that is acknowledged afterwards, and starts no timer', async () => {
      const source = new FakeSource().produce(5).subscribe();
      await source.time.pass(50);
      source.subscription.unsubscribe();
      await source.time.pass(200);
      source.acknowledge();
      await source.time.pass(10_000);
      expect(source.broker.commits).to.deep.equal([]);
      source.expectGone();
    });

    it('writes no dead letter afterwards', async () => {
      const letters: unknown[] = [];
      const source = new FakeSource({ source: { deadLetters: (letter) => void letters.push(letter) } })
        .produce(1)
        .subscribe();
      await source.time.pass(50);
      source.subscription.unsubscribe();
      await source.time.pass(200);
      const [{ receipt, document } = never()] = source.emitted;
      receipt.reject?.({ document, reason: new LockstepError('STAGE_FAILED', 'late') });
      expect(receipt.settled).to.equal(true);
      expect(letters).to.deep.equal([]);
    });

    for (const [what, step] of [
      ['connecting', 'connect'],
      ['subscribing', 'subscribe'],
      ['about to run', 'run'],
    ] as const) {
      it(`while it is ${what}, waits for that and leaves`, async () => {
        const source = new FakeSource();
        const { promise, happens } = later();
        source.consumer.before[step] = () => promise;
        source.subscribe();
        await source.time.pass(10);
        source.subscription.unsubscribe();
        await source.time.pass(1000);
        expect(source.consumer.calls).not.to.include('disconnect');
        happens();
        await source.time.pass(500);
        expect(source.consumer.calls.at(-1)).to.equal('disconnect');
        expect(source.eventsOf('stop').length).to.equal(1);
        source.expectGone();
      });

      it(`while it is ${what}, does not wait for ever, and leaves again if that happens after all`, async () => {
        const source = new FakeSource();
        const { promise, happens } = later();
        source.consumer.before[step] = () => promise;
        source.subscribe();
        await source.time.pass(10);
        source.subscription.unsubscribe();
        await source.time.pass(6000);
        expect(source.eventsOf('stop').length).to.equal(1);
        const { length } = source.consumer.calls;
        happens();
        await source.time.pass(500);
        expect(source.consumer.calls.slice(length).at(-1)).to.equal('disconnect');
        source.expectGone();
      });
    }

    it('while it waits to try again, does not', async () => {
      const source = new FakeSource();
      source.consumer.before.connect = () => Promise.reject(new Error('nobody there'));
      source.subscribe();
      await source.time.pass(10);
      source.subscription.unsubscribe();
      await source.time.pass(60_000);
      expect(source.consumer.calls.filter((call) => call === 'connect').length).to.equal(1);
      source.expectGone();
    });

    it('leaves a consumer that begins anew by itself', async () => {
      const source = new FakeSource().produce(1).subscribe();
      await source.time.pass(50);
      void source.consumer.crash(new FakeError('UNKNOWN'), true);
      await source.time.pass(100);
      source.subscription.unsubscribe();
      await source.time.pass(2000);
      source.expectGone();
    });

    it('leaves it even in the middle of that', async () => {
      const source = new FakeSource().subscribe();
      await source.time.pass(50);
      void source.consumer.crash(new FakeError('UNKNOWN'), true);
      // Until it has died, and until it joins the group again.
      const runner = () => source.consumer.runner;
      while (runner()) await source.time.pass(1);
      while (!runner()) await source.time.pass(1);
      expect(runner()?.running).to.equal(false);
      source.subscription.unsubscribe();
      await source.time.pass(3000);
      expect(source.eventsOf('stop').length).to.equal(1);
      source.expectGone();
    });

    it('gets rid of a consumer that begins anew after it was left', async () => {
      const source = new FakeSource().produce(1).subscribe();
      await source.time.pass(50);
      source.subscription.unsubscribe();
      await source.time.pass(500);
      const { config } = source.consumer;
      if (!config) throw new Error('it did not run');
      void source.consumer.run(config);
      await source.time.pass(2000);
      expect(source.consumer.runner).to.equal(undefined);
      expect(source.emitted.length).to.equal(1);
      source.expectGone();
    });

    it('does not mind a consumer that cannot be left, nor dead letters that cannot be closed', async () => {
      const deadLetters = Object.assign(() => {}, { close: () => Promise.reject(new Error('cannot be closed')) });
      const source = new FakeSource({ source: { deadLetters } }).subscribe();
      source.consumer.before.disconnect = () => {
        throw new Error('cannot be left');
      };
      await source.time.pass(50);
      source.subscription.unsubscribe();
      await source.time.pass(500);
      expect(source.eventsOf('stop').length).to.equal(1);
    });

    it('closes its dead letters last', async () => {
      const source = new FakeSource({
        source: {
          deadLetters: Object.assign(() => {}, { close: async () => void source.consumer.calls.push('close') }),
        },
      }).subscribe();
      await source.time.pass(50);
      source.subscription.unsubscribe();
      await source.time.pass(500);
      expect(source.consumer.calls.slice(-2)).to.deep.equal(['disconnect', 'close']);
    });

    it('does not wait for ever for the last commit', async () => {
      const source = new FakeSource().produce(1).subscribe();
      await source.time.pass(50);
      source.acknowledge();
      source.broker.beforeCommit = () => new Promise(() => {});
      source.subscription.unsubscribe();
      await source.time.pass(11_000);
      expect(source.eventsOf('stop')).to.deep.equal([{ type: 'stop', unsettled: 0 }]);
      source.expectGone();
    });
  });

  describe('subscribed to again', () => {
    it('begins anew, from what was committed', async () => {
      const source = new FakeSource().produce(3).subscribe();
      await source.time.pass(50);
      source.emitted[0]?.receipt.acknowledge();
      source.subscription.unsubscribe();
      source.subscribe();
      await source.time.pass(1000);
      expect(source.texts).to.deep.equal(['0/0', '0/1', '0/2', '0/1', '0/2']);
    });

    it('waits until the consumer is free', async () => {
      const source = new FakeSource().produce(3).subscribe();
      await source.time.pass(50);
      const first = source.subscription;
      source.subscribe();
      await source.time.pass(1000);
      expect(source.consumer.calls).to.deep.equal(['connect', 'subscribe', 'run']);
      first.unsubscribe();
      await source.time.pass(1000);
      expect(source.consumer.calls.slice(3)).to.deep.equal(['disconnect', 'connect', 'subscribe', 'run']);
      expect(source.texts.length).to.equal(6);
    });

    it('does not wait for its turn any more once it is unsubscribed', async () => {
      const source = new FakeSource().subscribe();
      const first = source.subscription;
      source.subscribe();
      source.subscription.unsubscribe();
      await source.time.pass(100);
      expect(source.eventsOf('stop').length).to.equal(1);
      first.unsubscribe();
      await source.time.pass(1000);
      expect(source.consumer.calls).to.deep.equal(['connect', 'subscribe', 'run', 'disconnect']);
      source.expectGone();
    });

    it('has a consumer of its own each time, if it was given what makes them', async () => {
      const made: FakeConsumer[] = [];
      const source = new FakeSource({
        given: () => () => {
          const consumer = new FakeConsumer(source.broker, source.time);
          made.push(consumer);
          return consumer;
        },
      }).subscribe();
      await source.time.pass(50);
      source.subscription.unsubscribe();
      source.subscribe();
      await source.time.pass(50);
      expect(made.map(({ calls }) => calls[0])).to.deep.equal(['connect', 'connect']);
    });

    it('works with retry() of RxJS', async () => {
      const source = new FakeSource({ pipe: retry({ count: 1, resetOnSuccess: true }) });
      source.broker.log(0).append(Buffer.from([0xff]));
      source.subscribe();
      await source.time.pass(2000);
      expect(source.consumer.calls.filter((call) => call === 'run').length).to.equal(2);
      expect(source.error).to.be.instanceOf(LockstepError);
      await turn();
      source.expectGone();
    });
  });
});

function never(): never {
  throw new Error('nothing was emitted');
}
