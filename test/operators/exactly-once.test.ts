import { expect } from 'chai';
import { deadLettersToKafka } from '../../operators/dead-letters-to-kafka.ts';
import { exactlyOnce } from '../../operators/exactly-once.ts';
import { filterDocuments } from '../../operators/filter-documents.ts';
import { fromKafka } from '../../operators/from-kafka.ts';
import { toKafka } from '../../operators/to-kafka.ts';
import { LockstepError } from '../../src/errors.ts';
import type { KafkaSinkEvent } from '../../src/kafka/events.ts';
import { FakeBroker } from '../kafka/fake-broker.ts';
import { FakeConsumer } from '../kafka/fake-consumer.ts';
import { FakeTime } from '../kafka/fake-time.ts';
import { FakeTransactions, TOO_LARGE } from '../kafka/fake-transactions.ts';

describe('exactlyOnce', () => {
  let time: FakeTime;
  let cluster: FakeTransactions;
  let broker: FakeBroker;
  let events: KafkaSinkEvent[];

  beforeEach(() => {
    time = new FakeTime();
    cluster = new FakeTransactions(time);
    broker = new FakeBroker();
    events = [];
  });

  /** The pipeline of the documentation: what is even goes on. */
  const run = (signal?: AbortSignal) => {
    const consumer = new FakeConsumer(broker, time);
    const once = exactlyOnce(cluster, { transactionalId: 'labels', observe: (event) => void events.push(event) });
    const outcome: { error?: unknown; completed: boolean } = { completed: false };
    const subscription = fromKafka(consumer, {
      topic: 'documents',
      exactlyOnce: once,
      maxInFlight: 4,
      deadLetters: deadLettersToKafka(once, { topic: 'dead-letters', scheduler: time }),
      scheduler: time,
      observe: () => {},
      signal,
    })
      .pipe(
        filterDocuments(({ text }) => !text.includes('odd')),
        toKafka(once, { topic: 'verdicts', encode: ({ text }) => text, scheduler: time }),
      )
      .subscribe({
        error: (error: unknown) => {
          outcome.error = error;
        },
        complete: () => {
          outcome.completed = true;
        },
      });
    return { consumer, subscription, outcome };
  };
  const written = (topic: string): string[] =>
    cluster.committed.filter((each) => each.topic === topic).map(({ value }) => value);

  it('has 4096 documents out at most, for a transaction to take, unless told otherwise', async () => {
    for (let i = 0; i < 5000; i++) broker.log(0).append(`document ${i}`);
    const consumer = new FakeConsumer(broker, time, { maxRecords: 5000 });
    const once = exactlyOnce(cluster, { transactionalId: 'labels', observe: () => {} });
    let emitted = 0;
    const subscription = fromKafka(consumer, {
      topic: 'documents',
      exactlyOnce: once,
      scheduler: time,
      observe: () => {},
    }).subscribe(() => emitted++);
    await time.pass(1000);
    expect(emitted).to.equal(4096);
    subscription.unsubscribe();
  });

  it('shows each verdict once, and each dead letter, and commits what was filtered', async () => {
    const log = broker.log(0);
    for (let i = 0; i < 10; i++) log.append(i % 2 ? `odd ${i}` : `even ${i}`);
    log.append(Buffer.from([0xff]));
    log.append(`even 11`);
    const { outcome, subscription } = run();
    await time.pass(5000);
    expect(outcome.error).to.equal(undefined);
    expect(written('verdicts')).to.deep.equal(['even 0', 'even 2', 'even 4', 'even 6', 'even 8', 'even 11']);
    expect(written('dead-letters').length).to.equal(1);
    expect(cluster.committedOffset).to.equal(12);
    expect(broker.commits, 'through the group').to.deep.equal([]);
    subscription.unsubscribe();
    await time.pass(1000);
    expect(time.waiting).to.equal(0);
    expect(cluster.connected).to.equal(0);
  });

  it('makes a dead letter of a verdict that the broker does not take', async () => {
    broker.log(0).append('even 0');
    broker.log(0).append(`even ${TOO_LARGE}`);
    broker.log(0).append('even 2');
    cluster.fits = ({ topic, value }) => topic === 'dead-letters' || !value.includes(TOO_LARGE);
    const { outcome } = run();
    await time.pass(5000);
    expect(outcome.error).to.equal(undefined);
    expect(written('verdicts')).to.deep.equal(['even 0', 'even 2']);
    expect(written('dead-letters')).to.deep.equal([`even ${TOO_LARGE}`]);
    expect(cluster.committedOffset).to.equal(3);
  });

  it('goes on after a crash where the last transaction ended, not where the group believes', async () => {
    for (let i = 0; i < 20; i++) broker.log(0).append(`even ${i}`);
    const first = run();
    await time.pass(100);
    first.subscription.unsubscribe();
    await time.pass(1000);
    expect(cluster.committedOffset).to.be.within(1, 19);
    run();
    await time.pass(5000);
    expect(written('verdicts')).to.deep.equal(Array.from({ length: 20 }, (_, i) => `even ${i}`));
    expect(cluster.committedOffset).to.equal(20);
  });

  it('drains: everything in flight is in a transaction before it completes', async () => {
    for (let i = 0; i < 4; i++) broker.log(0).append(`even ${i}`);
    const controller = new AbortController();
    const { outcome } = run(controller.signal);
    await time.pass(60);
    controller.abort();
    await time.pass(2000);
    expect(outcome).to.deep.equal({ completed: true });
    expect(written('verdicts').length).to.equal(cluster.committedOffset);
    expect(time.waiting).to.equal(0);
    expect(cluster.connected).to.equal(0);
  });

  it('does not hang, unsubscribed from while a partition is claimed that cannot be', async () => {
    broker.log(0).append('even 0');
    cluster.fault = (step) => (step === 'init' ? 'lost' : undefined);
    const { consumer, subscription } = run();
    await time.pass(5000);
    subscription.unsubscribe();
    await time.pass(1000);
    expect(consumer.calls.at(-1)).to.equal('disconnect');
    expect(broker.hasMember).to.equal(false);
    expect(time.waiting).to.equal(0);
    expect(cluster.connected).to.equal(0);
  });

  it('stays in the group for as long as a partition cannot be claimed', async () => {
    broker.log(0).append('even 0');
    cluster.fault = (step) => (step === 'init' ? 'lost' : undefined);
    const { consumer } = run();
    let beats = 0;
    consumer.on('consumer.heartbeat', () => beats++);
    await time.pass(60_000);
    expect(beats).to.be.above(100);
    cluster.fault = () => undefined;
    await time.pass(20_000);
    expect(written('verdicts')).to.deep.equal(['even 0']);
  });

  it('does not hang when the group is divided anew while transactions fail', async () => {
    for (let i = 0; i < 3; i++) broker.log(0).append(`even ${i}`);
    run();
    await time.pass(60);
    cluster.fault = (step) => (step === 'commit' ? 'lost' : undefined);
    broker.rebalance();
    await time.pass(20_000);
    expect(broker.generation).to.equal(2);
    cluster.fault = () => undefined;
    await time.pass(20_000);
    expect(written('verdicts')).to.deep.equal(['even 0', 'even 1', 'even 2']);
  });

  it('lets go of its producers when the group is divided anew, and when the consumer dies', async () => {
    for (let i = 0; i < 3; i++) broker.log(0).append(`even ${i}`);
    const { consumer } = run();
    await time.pass(500);
    expect(cluster.connected).to.equal(1);
    broker.rebalance([0]);
    await time.pass(1000);
    expect(cluster.connected).to.equal(0);
    broker.rebalance();
    await time.pass(1000);
    broker.log(0).append('even 3');
    await time.pass(1000);
    expect(cluster.connected).to.equal(1);
    void consumer.crash(new Error('dead'), false);
    await time.pass(200);
    expect(cluster.connected).to.equal(0);
  });

  it('claims no partition any more when the group is about to be divided anew', async () => {
    broker = new FakeBroker({ partitions: 2 });
    for (const partition of [0, 1]) for (let i = 0; i < 6; i++) broker.log(partition).append(`even ${i}`);
    cluster.fault = (step) => (step === 'commit' ? 'lost' : undefined);
    run();
    await time.pass(50);
    broker.rebalance();
    const join = broker.join.bind(broker);
    let claimed: string[] = [];
    broker.join = (member) => {
      claimed = cluster.configs.map(({ transactionalId }) => transactionalId.slice(-1));
      return join(member);
    };
    await time.pass(10_000);
    expect(broker.generation).to.equal(2);
    expect(new Set(claimed)).to.deep.equal(new Set(['0']));
  });

  it('ends, within limits, while transactions fail', async () => {
    for (let i = 0; i < 3; i++) broker.log(0).append(`even ${i}`);
    cluster.fault = (step) => (step === 'commit' ? 'lost' : undefined);
    const controller = new AbortController();
    const { outcome } = run(controller.signal);
    await time.pass(1000);
    controller.abort();
    await time.pass(50_000);
    expect(outcome.completed).to.equal(true);
    expect(time.waiting).to.equal(0);
  });

  for (const [what, client] of [
    ['nothing', undefined],
    ['a client without admin', { producer: () => {} }],
    ['a client without producer', { admin: () => {} }],
  ] as const)
    it(`refuses ${what} for a client`, () => {
      // @ts-expect-error: no client
      expect(() => exactlyOnce(client, { transactionalId: 'x' })).to.throw(
        LockstepError,
        'Expected `client` to be a Kafka client',
      );
    });

  for (const [name, options] of Object.entries({
    transactionalId: [undefined, {}, { transactionalId: '' }, { transactionalId: 7 }],
    commitInterval: [-1, 1.5, Number.NaN].map((commitInterval) => ({ transactionalId: 'x', commitInterval })),
    transactionTimeout: [0, -1, '1'].map((transactionTimeout) => ({ transactionalId: 'x', transactionTimeout })),
    observe: [{ transactionalId: 'x', observe: 'log' }],
  }))
    for (const bad of options)
      it(`refuses ${JSON.stringify(bad)}: ${name}`, () => {
        // @ts-expect-error: options that are not what they should be
        expect(() => exactlyOnce(cluster, bad)).to.throw(LockstepError, `Expected \`${name}\``);
      });
});
