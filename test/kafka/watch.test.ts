import { expect } from 'chai';
import { FakeSource } from './fake-source.ts';

describe('what the source watches', () => {
  it('is how far everything is, each second', async () => {
    const source = new FakeSource({ partitions: 2, source: { maxInFlight: 5, commitEvery: 1 } }).produce(3).subscribe();
    await source.time.pass(200);
    source.emitted[0]?.receipt.acknowledge();
    await source.time.pass(2900);
    const events = source.eventsOf('progress');
    expect(events.length).to.equal(3);
    const [, , { inFlight, partitions } = { inFlight: 0, partitions: [] }] = events;
    expect(inFlight).to.equal(2);
    expect(partitions).to.have.nested.property('[0].oldest.age').that.is.within(2900, 3000);
    expect(partitions).to.deep.equal([
      {
        topic: 'documents',
        partition: 0,
        position: 3,
        committed: 1,
        highWatermark: 3,
        inFlight: 2,
        oldest: { offset: 1, age: partitions[0]?.oldest?.age },
      },
      {
        topic: 'documents',
        partition: 1,
        position: 0,
        committed: undefined,
        highWatermark: undefined,
        inFlight: 0,
        oldest: undefined,
      },
    ]);
  });

  it('is a document that nobody settles: each that holds up its partition, once', async () => {
    const source = new FakeSource({ source: { maxAge: 10_000 } }).produce(3).subscribe();
    await source.time.pass(9900);
    expect(source.eventsOf('overdue')).to.deep.equal([]);
    await source.time.pass(60_000);
    const [overdue, ...more] = source.eventsOf('overdue');
    expect(overdue).to.include({ topic: 'documents', partition: 0, offset: 0 });
    expect(overdue?.age).to.be.within(10_000, 11_000);
    expect(more).to.deep.equal([]);
    source.emitted[0]?.receipt.acknowledge();
    await source.time.pass(2000);
    expect(source.eventsOf('overdue').map(({ offset }) => offset)).to.deep.equal([0, 1]);
  });

  it('is not the documents of a partition that is not ours any more', async () => {
    const source = new FakeSource({ source: { maxAge: 10_000 } }).produce(3).subscribe();
    await source.time.pass(1000);
    source.broker.rebalance([0]);
    await source.time.pass(60_000);
    expect(source.eventsOf('overdue')).to.deep.equal([]);
  });

  it('is silence: again when as much time has passed again', async () => {
    const source = new FakeSource({ source: { maxSilence: 20_000 } });
    source.consumer.before.connect = () => new Promise(() => {});
    source.subscribe();
    await source.time.pass(19_900);
    expect(source.eventsOf('silence')).to.deep.equal([]);
    await source.time.pass(40_100);
    expect(source.eventsOf('silence')).to.deep.equal([
      { type: 'silence', milliseconds: 20_000 },
      { type: 'silence', milliseconds: 40_000 },
      { type: 'silence', milliseconds: 60_000 },
    ]);
  });

  it('is no silence for as long as the client fetches, or waits for room and sends heartbeats', async () => {
    const idle = new FakeSource({ source: { maxSilence: 5000 } }).subscribe();
    await idle.time.pass(60_000);
    const full = new FakeSource({ source: { maxSilence: 5000, maxInFlight: 1 } }).produce(2).subscribe();
    await full.time.pass(60_000);
    expect([...idle.eventsOf('silence'), ...full.eventsOf('silence')]).to.deep.equal([]);
  });

  it('ends with the source, even if that is ended from within', async () => {
    const source: FakeSource = new FakeSource({
      source: { observe: ({ type }) => type === 'progress' && source.subscription.unsubscribe() },
    }).subscribe();
    await source.time.pass(5000);
    source.expectGone();
  });
});
