import { expect } from 'chai';
import { FakeSource } from './fake-source.ts';

describe('kafkaSource, aborted', () => {
  it('emits nothing more, waits for what is in flight, commits, leaves and completes', async () => {
    const source = new FakeSource({ source: { maxInFlight: 3 } }).produce(5).subscribe();
    await source.time.pass(50);
    source.abort.abort();
    await source.time.pass(5000);
    expect(source.texts).to.deep.equal(['0/0', '0/1', '0/2']);
    expect(source.eventsOf('drain')).to.deep.equal([{ type: 'drain', inFlight: 3 }]);
    expect(source.completed).to.equal(false);
    expect(source.broker.hasMember, 'keeps its place meanwhile').to.equal(true);
    source.acknowledge();
    await source.time.pass(500);
    expect(source.completed).to.equal(true);
    expect(source.texts.length).to.equal(3);
    expect(source.broker.committed.get(0)).to.equal(3);
    expect(source.eventsOf('stop')).to.deep.equal([{ type: 'stop', unsettled: 0 }]);
    source.expectGone();
  });

  it('sends heartbeats for as long as it waits', async () => {
    const source = new FakeSource({ source: { maxInFlight: 1, drainTimeout: 25_000 } }).produce(2).subscribe();
    await source.time.pass(50);
    source.abort.abort();
    let beats = 0;
    source.consumer.on('consumer.heartbeat', () => beats++);
    await source.time.pass(24_000);
    expect(beats).to.be.at.least(24_000 / 410);
  });

  it('gives up after the timeout; the rest comes again', async () => {
    const source = new FakeSource({ source: { drainTimeout: 2000 } }).produce(2).subscribe();
    await source.time.pass(50);
    source.emitted[0]?.receipt.acknowledge();
    source.abort.abort();
    await source.time.pass(1900);
    expect(source.completed).to.equal(false);
    await source.time.pass(400);
    expect(source.completed).to.equal(true);
    expect(source.eventsOf('stop')).to.deep.equal([{ type: 'stop', unsettled: 1 }]);
    expect(source.broker.committed.get(0)).to.equal(1);
    source.expectGone();
  });

  it('waits for no time if it was told so', async () => {
    const source = new FakeSource({ source: { drainTimeout: 0 } }).produce(2).subscribe();
    await source.time.pass(50);
    source.abort.abort();
    await source.time.pass(100);
    expect(source.completed).to.equal(true);
  });

  it('before it is subscribed to, connects to nothing and completes', async () => {
    const source = new FakeSource();
    source.abort.abort();
    source.subscribe();
    await source.time.pass(0);
    expect(source.completed).to.equal(true);
    expect(source.consumer.calls).not.to.include('connect');
    source.expectGone();
  });

  it('while it waits to try again, completes at once', async () => {
    const source = new FakeSource();
    source.consumer.before.connect = () => Promise.reject(new Error('nobody there'));
    source.subscribe();
    await source.time.pass(10);
    source.abort.abort();
    await source.time.pass(10);
    expect(source.completed).to.equal(true);
    source.expectGone();
  });

  it('completes though the group is divided anew meanwhile', async () => {
    const source = new FakeSource({ source: { maxInFlight: 2 } }).produce(5).subscribe();
    await source.time.pass(50);
    source.abort.abort();
    source.broker.rebalance();
    await source.time.pass(4000);
    expect(source.eventsOf('assign').length).to.equal(2);
    expect(source.texts.length).to.equal(2);
    source.acknowledge();
    await source.time.pass(500);
    expect(source.completed).to.equal(true);
    source.expectGone();
  });

  it('can be unsubscribed from meanwhile, and then does not complete', async () => {
    const source = new FakeSource().produce(2).subscribe();
    await source.time.pass(50);
    source.abort.abort();
    await source.time.pass(500);
    source.subscription.unsubscribe();
    await source.time.pass(500);
    expect(source.completed).to.equal(false);
    expect(source.eventsOf('stop').length).to.equal(1);
    source.expectGone();
  });

  it('listens no more to the signal when it has ended', async () => {
    const source = new FakeSource().subscribe();
    await source.time.pass(50);
    source.subscription.unsubscribe();
    await source.time.pass(500);
    source.abort.abort();
    await source.time.pass(500);
    expect(source.eventsOf('drain')).to.deep.equal([]);
  });
});
