import { expect } from 'chai';
import { FakeError } from './fake-broker.ts';
import { FakeSource } from './fake-source.ts';

describe('what the source emits', () => {
  it('is each record in the order of its partition, with all that came with it', async () => {
    const source = new FakeSource({ partitions: 2 });
    const log = source.broker.log(0);
    log.append('first', { gap: 5, key: 'k', headers: { traceparent: Buffer.from('00-1') } });
    source.produce(3, 0).produce(3, 1).subscribe();
    await source.time.pass(100);
    expect(source.texts.filter((text) => text.startsWith('1'))).to.deep.equal(['1/0', '1/1', '1/2']);
    expect(source.texts.filter((text) => !text.startsWith('1'))).to.deep.equal(['first', '0/6', '0/7', '0/8']);
    const [first] = source.emitted;
    expect(first?.document).to.deep.include({ text: 'first', id: 'documents/0/5' });
    expect(first?.document.kafka).to.deep.include({
      topic: 'documents',
      partition: 0,
      offset: '5',
      timestamp: 1_700_000_000_000,
      key: Buffer.from('k'),
      value: Buffer.from('first'),
      headers: { traceparent: Buffer.from('00-1') },
    });
  });

  it('is no more than the pipeline can take, and more when that has made room', async () => {
    const source = new FakeSource({ source: { maxInFlight: 2 } }).produce(5).subscribe();
    await source.time.pass(100);
    expect(source.texts).to.deep.equal(['0/0', '0/1']);
    source.emitted[1]?.receipt.acknowledge();
    await source.time.pass(10);
    expect(source.texts).to.deep.equal(['0/0', '0/1', '0/2']);
    source.acknowledge();
    await source.time.pass(10);
    expect(source.texts).to.deep.equal(['0/0', '0/1', '0/2', '0/3', '0/4']);
  });

  it('may be acknowledged from within next, any number of them', async () => {
    const source = new FakeSource({ source: { maxInFlight: 1 }, next: ({ receipt }) => receipt.acknowledge() });
    source.produce(3000).subscribe();
    await source.time.pass(3000);
    expect(source.emitted.length).to.equal(3000);
    expect(source.broker.committed.get(0)).to.equal(3000);
  });

  it('counts once, however often a receipt is used', async () => {
    const source = new FakeSource({ source: { maxInFlight: 1 } }).produce(5).subscribe();
    await source.time.pass(100);
    for (let i = 0; i < 3; i++) source.emitted[0]?.receipt.acknowledge();
    await source.time.pass(1500);
    expect(source.texts).to.deep.equal(['0/0', '0/1']);
    expect(source.eventsOf('progress').at(-1)?.inFlight).to.equal(1);
  });

  it('is nothing of a stopped sink, for days, and nobody is thrown out of the group', async () => {
    const source = new FakeSource({ source: { maxInFlight: 3 }, consumer: { heartbeatInterval: 3000 } }).produce(10);
    let beats = 0;
    source.consumer.on('consumer.heartbeat', () => beats++);
    source.subscribe();
    await source.time.pass(600_000);
    expect(source.emitted.length).to.equal(3);
    expect(beats).to.be.within(180, 200);
    expect(source.eventsOf('assign').length).to.equal(1);
    // What waits: the source in its batch, and the watch.
    expect(source.time.waiting).to.be.at.most(2);
    source.acknowledge();
    await source.time.pass(50);
    expect(source.emitted.length).to.equal(6);
  });

  it('is committed together with the control records behind it', async () => {
    const source = new FakeSource().produce(2);
    source.broker.log(0).append(null, { control: true });
    source.subscribe();
    await source.time.pass(100);
    source.acknowledge();
    await source.time.pass(1500);
    expect(source.broker.committed.get(0)).to.equal(3);
  });

  it('goes on where it stood when the other partitions are slow', async () => {
    const source = new FakeSource({ partitions: 3, source: { maxInFlight: 4, concurrency: 2 } });
    for (const partition of [0, 1, 2]) source.produce(4, partition);
    source.subscribe();
    for (let i = 0; i < 20; i++) {
      await source.time.pass(50);
      source.emitted.findLast(({ receipt }) => !receipt.settled)?.receipt.acknowledge();
    }
    expect(new Set(source.texts).size).to.equal(12);
    expect(source.texts.length).to.equal(12);
  });

  it('comes again after a rebalance, if it was not committed', async () => {
    const source = new FakeSource({ source: { maxInFlight: 4 } }).produce(6).subscribe();
    await source.time.pass(100);
    for (const { receipt } of source.emitted.slice(0, 2)) receipt.acknowledge();
    await source.time.pass(10);
    source.broker.rebalance();
    await source.time.pass(5000);
    expect(source.texts.slice(0, 6)).to.deep.equal(['0/0', '0/1', '0/2', '0/3', '0/4', '0/5']);
    expect(source.broker.committed.get(0), 'committed before the group was divided').to.equal(2);
    source.acknowledge();
    await source.time.pass(100);
    expect(source.texts.slice(6)).to.deep.equal(['0/2', '0/3', '0/4', '0/5']);
  });

  it('waits a while before a rebalance for what is in flight, and commits it', async () => {
    const source = new FakeSource({ source: { maxInFlight: 2 } }).produce(6).subscribe();
    await source.time.pass(100);
    source.broker.rebalance();
    const committedBefore: unknown[] = [];
    source.consumer.on('consumer.rebalancing', () => committedBefore.push(source.broker.committed.get(0)));
    await source.time.pass(1000);
    expect(source.eventsOf('assign').length).to.equal(1);
    source.acknowledge();
    await source.time.pass(100);
    expect(committedBefore).to.deep.equal([2]);
    expect(source.broker.committed.get(0)).to.equal(2);
    expect(source.eventsOf('assign').length).to.equal(2);
    expect(source.texts).to.deep.equal(['0/0', '0/1', '0/2', '0/3']);
  });

  it('does not keep the group waiting for a commit that nobody answers', async () => {
    const source = new FakeSource({ source: { maxInFlight: 2 } }).produce(6).subscribe();
    await source.time.pass(100);
    source.broker.beforeCommit = () => new Promise(() => {});
    source.acknowledge();
    source.broker.rebalance();
    await source.time.pass(7000);
    expect(source.eventsOf('assign').length).to.equal(2);
  });

  it('frees its place when it is settled too late, and commits nothing', async () => {
    const source = new FakeSource({ partitions: 2, source: { maxInFlight: 2 } }).produce(2).produce(4, 1).subscribe();
    await source.time.pass(100);
    expect(source.texts).to.deep.equal(['0/0', '0/1']);
    source.broker.rebalance([0]);
    await source.time.pass(5000);
    expect(source.texts).to.deep.equal(['0/0', '0/1']);
    source.acknowledge();
    await source.time.pass(2000);
    expect(source.texts).to.deep.equal(['0/0', '0/1', '1/0', '1/1']);
    expect(source.broker.commits).to.deep.equal([]);
    expect(source.eventsOf('progress').at(-1)?.inFlight).to.equal(2);
  });

  for (const type of ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION'])
    it(`is nothing more of the old generation when the group has gone on without us: ${type}`, async () => {
      const source = new FakeSource({
        partitions: 2,
        source: { maxInFlight: 2 },
        consumer: { heartbeatInterval: 100 },
      });
      source.produce(4).produce(4, 1).subscribe();
      await source.time.pass(60);
      const beat = source.broker.heartbeat.bind(source.broker);
      source.broker.heartbeat = () => {
        source.broker.heartbeat = beat;
        // Now there would be room for the partition that is next.
        source.acknowledge();
        throw new FakeError(type);
      };
      await source.time.pass(200);
      expect(source.eventsOf('assign').length).to.equal(2);
      expect(source.texts.map((text) => text.charAt(0))).to.deep.equal(['0', '0', '0', '0']);
    });

  it('goes on after a heartbeat that failed for another reason', async () => {
    const source = new FakeSource({ source: { maxInFlight: 1 }, consumer: { heartbeatInterval: 100 } }).produce(3);
    source.subscribe();
    await source.time.pass(100);
    let failed = false;
    const beat = source.broker.heartbeat.bind(source.broker);
    source.broker.heartbeat = (...args) => {
      if (failed) return beat(...args);
      failed = true;
      throw new FakeError('NETWORK_EXCEPTION', { retriable: true });
    };
    await source.time.pass(500);
    source.acknowledge();
    await source.time.pass(1000);
    source.acknowledge();
    await source.time.pass(1000);
    expect(source.texts).to.deep.equal(['0/0', '0/1', '0/2']);
    expect(source.eventsOf('assign').length).to.equal(1);
  });
});
