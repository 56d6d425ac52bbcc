import { expect } from 'chai';
import { FakeSource } from './fake-source.ts';

/** What kafkajs does with batches of several brokers, told by reading its source, and what must not come of it. */
describe('kafkaSource, of several brokers', () => {
  it('reads a batch once, though its partition moves while it is read and kafkajs hands it out again', async () => {
    const source = new FakeSource({ nodes: 2, source: { maxInFlight: 2 } }).produce(7).subscribe();
    await source.time.pass(100);
    source.broker.log(0).leader = 1;
    source.consumer.runner?.refreshMetadata();
    for (let i = 0; i < 20; i++) {
      await source.time.pass(7);
      source.acknowledge();
    }
    await source.time.pass(2000);
    expect(source.texts).to.deep.equal(['0/0', '0/1', '0/2', '0/3', '0/4', '0/5', '0/6']);
    expect(source.eventsOf('crash')).to.deep.equal([]);
    expect(source.broker.committed.get(0)).to.equal(7);
  });

  /** Partition 1 has two documents in flight, and partition 0 holds the worker up. */
  const heldUp = async (): Promise<FakeSource> => {
    const source = new FakeSource({ partitions: 2, nodes: 3, source: { maxInFlight: 2 } }).produce(2, 1).subscribe();
    await source.time.pass(100);
    source.produce(1, 0);
    await source.time.pass(100);
    expect(source.texts).to.deep.equal(['1/0', '1/1']);
    return source;
  };
  /** All of both partitions, and whether it was committed too early. */
  const goesOn = async (source: FakeSource): Promise<void> => {
    await source.time.pass(200);
    expect(source.eventsOf('assign').length).to.equal(2);
    const first = source.unsettled;
    const early: unknown[] = [];
    source.broker.onCommit = ({ partition, offset }) =>
      early.push(
        ...first
          .filter((each) => each.partition === partition && each.offset < offset && !reread(source, each.text))
          .map(({ text }) => text),
      );
    for (const each of first) each.receipt.acknowledge();
    for (let i = 0; i < 10; i++) {
      await source.time.pass(300);
      source.acknowledge();
    }
    await source.time.pass(2000);
    expect(early, 'committed, and read by the old generation alone').to.deep.equal([]);
  };
  const reread = ({ texts }: FakeSource, text: string): boolean => texts.indexOf(text) !== texts.lastIndexOf(text);

  it('does not go on from a batch that was fetched before it joined the group again', async () => {
    const source = await heldUp();
    source.produce(2, 1);
    await source.time.pass(100);
    source.broker.grow();
    await goesOn(source);
    expect(source.texts.filter((text) => text.startsWith('1'))).to.deep.equal([
      '1/0',
      '1/1',
      '1/0',
      '1/1',
      '1/2',
      '1/3',
    ]);
    expect(source.broker.committed.get(1)).to.equal(4);
  });

  it('goes back where kafkajs has gone beyond what is in flight, for a batch of control records', async () => {
    const source = await heldUp();
    source.broker.log(1).append(null, { control: true });
    await source.time.pass(100);
    source.broker.grow();
    await source.time.pass(100);
    source.produce(1, 1);
    await goesOn(source);
    expect(source.texts.filter((text) => text.startsWith('1'))).to.deep.equal(['1/0', '1/1', '1/0', '1/1', '1/3']);
    expect(source.broker.committed.get(1)).to.equal(4);
  });

  it('reads a partition that the topic has got', async () => {
    const source = new FakeSource({ partitions: 1, nodes: 2 }).subscribe();
    await source.time.pass(100);
    source.broker.grow();
    source.produce(2, 1);
    await source.time.pass(500);
    expect(source.texts).to.deep.equal(['1/0', '1/1']);
  });

  it('goes on when the leader of a partition is another', async () => {
    const source = new FakeSource({ nodes: 2 }).produce(2).subscribe();
    await source.time.pass(100);
    source.acknowledge();
    await source.time.pass(1500);
    source.broker.log(0).leader = 1;
    source.produce(2);
    await source.time.pass(1500);
    expect(source.texts).to.deep.equal(['0/0', '0/1', '0/2', '0/3']);
  });
});
