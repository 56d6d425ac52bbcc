import { expect } from 'chai';
import { ProducerLease } from '../../src/kafka/producer-lease.ts';
import { FakeProducer } from './fake-producer.ts';
import { turn } from './fake-time.ts';

describe('ProducerLease', () => {
  it('connects for the first, and disconnects after the last', async () => {
    const producer = new FakeProducer();
    const [a, b] = [new ProducerLease(producer), new ProducerLease(producer)];
    await Promise.all([a.connect(), b.connect()]);
    await a.connect();
    await a.release();
    await a.release();
    expect(producer.calls).to.deep.equal(['connect']);
    await b.connect();
    await b.release();
    expect(producer.calls).to.deep.equal(['connect', 'disconnect']);
  });

  it('leaves a producer alone that nobody used', async () => {
    const producer = new FakeProducer();
    await new ProducerLease(producer).release();
    expect(producer.calls).to.deep.equal([]);
  });

  it('keeps producers apart', async () => {
    const [one, other] = [new FakeProducer(), new FakeProducer()];
    const leases = [one, other].map((producer) => new ProducerLease(producer));
    for (const lease of leases) await lease.connect();
    await leases[0]?.release();
    expect([one.calls, other.calls]).to.deep.equal([['connect', 'disconnect'], ['connect']]);
  });

  it('connects again after an attempt that failed, and disconnects what may be left of it', async () => {
    let attempts = 0;
    const producer = new FakeProducer({
      connect: async () => {
        if (++attempts === 1) throw new Error('no broker');
      },
    });
    const lease = new ProducerLease(producer);
    const first = await lease.connect().catch((error) => error);
    expect(first).to.have.property('message', 'no broker');
    await lease.connect();
    expect(attempts).to.equal(2);
    const failed = new ProducerLease(new FakeProducer({ connect: () => Promise.reject(new Error('never')) }));
    await failed.connect().catch(() => {});
    await failed.release();
    expect(failed.producer).to.have.property('calls').that.deep.equals(['connect', 'disconnect']);
  });

  it('connects again when it is told that the producer does not work', async () => {
    const producer = new FakeProducer();
    const lease = new ProducerLease(producer);
    await lease.connect();
    lease.reconnect();
    await lease.connect();
    expect(producer.calls).to.deep.equal(['connect', 'connect']);
  });

  it('connects for a new user only when the last one has left', async () => {
    const calls: string[] = [];
    let disconnected: (() => void) | undefined;
    const producer = {
      connect: async () => void calls.push('connect'),
      disconnect: () =>
        new Promise<void>((resolve) => {
          calls.push('disconnect');
          disconnected = resolve;
        }),
      sendBatch: async () => [],
    };
    const first = new ProducerLease(producer);
    await first.connect();
    const leaving = first.release();
    const second = new ProducerLease(producer);
    const connecting = second.connect();
    await turn();
    expect(calls).to.deep.equal(['connect', 'disconnect']);
    disconnected?.();
    await Promise.all([leaving, connecting]);
    expect(calls).to.deep.equal(['connect', 'disconnect', 'connect']);
  });

  it('waits for an attempt to connect before it disconnects, and never rejects', async () => {
    let connected: (() => void) | undefined;
    const calls: string[] = [];
    const producer = {
      connect: () =>
        new Promise<void>((resolve) => {
          connected = resolve;
        }),
      disconnect: async () => {
        calls.push('disconnect');
        throw new Error('dead');
      },
      sendBatch: async () => [],
    };
    const lease = new ProducerLease(producer);
    const connecting = lease.connect();
    const leaving = lease.release();
    await turn();
    expect(calls).to.deep.equal([]);
    connected?.();
    await Promise.all([connecting, leaving]);
    expect(calls).to.deep.equal(['disconnect']);
  });
});
