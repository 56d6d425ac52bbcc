import { expect } from 'chai';
import { LockstepError } from '../../src/errors.ts';
import { FakeError } from './fake-broker.ts';
import { Owner } from './fake-owner.ts';
import { FakeTime } from './fake-time.ts';
import { FakeTransactions } from './fake-transactions.ts';

describe('the transactions of a partition', () => {
  let time: FakeTime;
  let cluster: FakeTransactions;
  let owner: Owner;

  beforeEach(() => {
    time = new FakeTime();
    cluster = new FakeTransactions(time);
    owner = new Owner(cluster, time);
  });

  afterEach(async () => {
    void owner.committer.close();
    await time.pass(1000);
    expect(time.waiting, 'timers').to.equal(0);
    expect(cluster.connected, 'connections').to.equal(0);
  });

  it('are those of a producer of its own, which has one of them at a time', async () => {
    await owner.reads(0);
    expect(cluster.configs).to.deep.equal([
      {
        transactionalId: 'labels-group-documents-0',
        idempotent: true,
        maxInFlightRequests: 1,
        transactionTimeout: 60_000,
        retry: { initialRetryTime: 10, factor: 0, multiplier: 2, maxRetryTime: 100, retries: 100 },
      },
    ]);
  });

  it('commit records and the offset together, after the interval', async () => {
    await owner.reads(0, 1, 2);
    owner.sends(0, 1, 2);
    await time.pass(99);
    expect(cluster.committedOffset).to.equal(undefined);
    await time.pass(20);
    expect(cluster.values).to.deep.equal(['0', '1', '2']);
    expect(cluster.committedOffset).to.equal(3);
    expect(owner.told).to.deep.equal([0, 1, 2].map((offset) => [offset, 'confirmed']));
    expect(owner.inFlight).to.equal(0);
    expect(owner.events).to.deep.equal([
      { type: 'transaction', topic: 'documents', partition: 0, records: 3, offset: 3, milliseconds: 15 },
    ]);
  });

  it('begin where the last ended', async () => {
    await owner.reads(0);
    owner.sends(0);
    await time.pass(200);
    owner.leave();
    await time.pass(50);
    owner.waiting = [];
    await owner.reads(0, 1);
    expect(owner.waiting.map(({ delivery }) => delivery.offset)).to.deep.equal([1]);
    expect(owner.assignment?.ledger.committed).to.equal(1);
  });

  it('wait for a gap to close', async () => {
    await owner.reads(0, 1, 2, 3);
    owner.sends(0, 2, 3);
    await time.pass(500);
    expect(cluster.values).to.deep.equal(['0']);
    expect(cluster.committedOffset).to.equal(1);
    owner.sends(1);
    await time.pass(200);
    expect(cluster.values).to.deep.equal(['0', '1', '2', '3']);
    expect(cluster.committedOffset).to.equal(4);
  });

  it('go over documents that need no record', async () => {
    await owner.reads(0, 1, 2);
    owner.sends(1);
    owner.document(0).delivery.acknowledge();
    owner.document(2).delivery.acknowledge();
    await time.pass(200);
    expect(cluster.values).to.deep.equal(['1']);
    expect(cluster.committedOffset).to.equal(3);
    expect(owner.events[0]).to.include({ records: 1, offset: 3 });
  });

  it('commit offsets alone, if no document needs a record', async () => {
    await owner.reads(0, 1);
    for (const { delivery } of owner.waiting) delivery.acknowledge();
    await time.pass(200);
    expect(cluster.values).to.deep.equal([]);
    expect(cluster.committedOffset).to.equal(2);
    await time.pass(5000);
    expect(owner.events.length).to.equal(1);
  });

  it('do not wait for the interval when the source waits for room', async () => {
    await owner.reads(0);
    owner.sends(0);
    owner.committer.starved();
    await time.pass(15);
    expect(cluster.committedOffset).to.equal(1);
  });

  it('take what became ready while the last was under way', async () => {
    await owner.reads(0, 1);
    owner.sends(0);
    owner.committer.starved();
    await time.pass(7);
    owner.sends(1);
    await time.pass(200);
    expect(cluster.values).to.deep.equal(['0', '1']);
    expect(owner.events.map((event) => 'offset' in event && event.offset)).to.deep.equal([1, 2]);
  });

  for (const step of ['begin', 'send', 'offsets', 'commit'] as const)
    for (const fault of ['lost', 'answer lost', new FakeError('INVALID_TXN_STATE')] as const)
      it(`are done anew by another producer, if ${step} meets with: ${fault}`, async () => {
        await owner.reads(0, 1);
        // The first transaction of a producer was begun when it was opened.
        owner.sends(0);
        await time.pass(200);
        cluster.once(step, fault);
        owner.sends(1);
        await time.pass(2000);
        expect(cluster.values).to.deep.equal(['0', '1']);
        expect(cluster.committedOffset).to.equal(2);
        expect(cluster.producers).to.equal(2);
        expect(owner.told).to.deep.equal([0, 1].map((offset) => [offset, 'confirmed']));
        expect(owner.events[1]).to.deep.include({
          type: 'transaction-failed',
          topic: 'documents',
          partition: 0,
          fenced: false,
        });
        expect(owner.failures).to.deep.equal([]);
      });

  for (const step of ['connect', 'init', 'fetch offsets', 'disconnect'] as const)
    it(`survive a producer that cannot be opened or left: ${step}`, async () => {
      cluster.once(step, 'lost');
      owner.join();
      void owner.take([0]);
      await time.pass(1000);
      owner.sends(0);
      await time.pass(500);
      expect(cluster.values).to.deep.equal(['0']);
    });

  it('pause longer and longer, but for ten seconds at most, and try for ever', async () => {
    const times: number[] = [];
    cluster.fault = (step) => {
      if (step !== 'connect') return undefined;
      times.push(time.now());
      return 'lost';
    };
    owner.join();
    void owner.take([0]);
    await time.pass(60_000);
    const pauses = times.slice(1).map((each, i) => Math.round((each - (times[i] ?? 0)) / 100) * 100);
    expect(pauses).to.deep.equal([100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000, 10_000]);
    expect(owner.failures).to.deep.equal([]);
  });

  it('do not pause any more when the partition is given back', async () => {
    cluster.fault = (step) => (step === 'connect' ? 'lost' : undefined);
    owner.join();
    void owner.take([0]);
    await time.pass(30_000);
    owner.leave();
    await time.pass(10);
    expect(time.waiting).to.equal(0);
  });

  it('do not pause either if they fail while it is given back', async () => {
    await owner.reads(0);
    owner.sends(0);
    cluster.fault = (step) => (step === 'offsets' ? 'lost' : undefined);
    owner.committer.starved();
    await time.pass(7);
    owner.leave();
    await time.pass(20);
    expect(time.waiting).to.equal(0);
    expect(owner.told).to.deep.equal([[0, 'superseded']]);
  });

  for (const type of ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'TOPIC_AUTHORIZATION_FAILED'])
    for (const step of ['init', 'send'] as const)
      it(`fail for good when they may not be: ${type} at ${step}`, async () => {
        const error = new FakeError(type);
        cluster.fault = (each) => (each === step ? error : undefined);
        owner.join();
        void owner.take([0]);
        await time.pass(50);
        owner.sends(0);
        await time.pass(60_000);
        expect(owner.failures).to.deep.equal([error]);
        expect(owner.events.length).to.equal(1);
        owner.leave();
        await time.pass(50);
        expect(owner.inFlight).to.equal(0);
      });

  it('supersede what was prepared when the partition is given back', async () => {
    await owner.reads(0, 1);
    owner.sends(0);
    owner.leave();
    await time.pass(50);
    owner.sends(1);
    expect(owner.told).to.deep.equal([
      [0, 'superseded'],
      [1, 'superseded'],
    ]);
    await time.pass(1000);
    expect(cluster.values).to.deep.equal([]);
    expect(owner.inFlight).to.equal(0);
  });

  it('bring the one under way to its end when the partition is given back', async () => {
    await owner.reads(0, 1);
    owner.sends(0);
    owner.committer.starved();
    await time.pass(7);
    owner.sends(1);
    owner.leave();
    await time.pass(50);
    expect(owner.told).to.deep.equal([
      [0, 'confirmed'],
      [1, 'superseded'],
    ]);
    expect(cluster.committedOffset).to.equal(1);
  });

  it('take one record a document: another fails, before and after the first is committed', async () => {
    await owner.reads(0, 1);
    owner.sends(0);
    owner.sends(0);
    await time.pass(200);
    owner.sends(0);
    owner.document(1).delivery.acknowledge();
    owner.sends(1);
    const failed = owner.fates.flatMap(({ offset, fate }) => (typeof fate === 'object' ? [[offset, fate.failed]] : []));
    expect(failed.map(([offset]) => offset)).to.deep.equal([0, 0, 1]);
    for (const [, error] of failed)
      expect(error).to.be.instanceOf(LockstepError).with.property('code', 'INVALID_DOCUMENT');
    expect(cluster.values).to.deep.equal(['0']);
  });

  it('refuse records for a topic that is not there, and wait for one that was there', async () => {
    const gone = new FakeError('UNKNOWN_TOPIC_OR_PARTITION', { retriable: true });
    cluster.once('send', gone);
    await owner.reads(0, 1, 2);
    owner.sends(0, 1);
    await time.pass(200);
    expect(owner.fates.map(({ offset, fate }) => [offset, typeof fate === 'object' && fate.failed])).to.deep.equal([
      [0, gone],
      [1, gone],
    ]);
    expect(owner.failures).to.deep.equal([]);
    // As their dead letters, to a topic that is there.
    owner.sends(0, 1);
    await time.pass(200);
    expect(cluster.values).to.deep.equal(['0', '1']);
    cluster.once('send', gone);
    owner.sends(2);
    await time.pass(1000);
    expect(cluster.values).to.deep.equal(['0', '1', '2']);
    expect(owner.fates.at(-1)).to.deep.equal({ offset: 2, fate: 'confirmed' });
  });
});
