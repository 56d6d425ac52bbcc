import { expect } from 'chai';
import { Kafka, logLevel } from 'kafkajs';
import type { Cluster } from '../../scripts/kafka/cluster.ts';
import { startBroker, startCluster } from '../../scripts/kafka/start.ts';
import { settle } from '../../src/document/receipt.ts';
import { requireKafka } from './support/broker.ts';
import { clientOf, freshName, freshTopic, groupOffsets, produceAll, withAdmin } from './support/client.ts';
import { type Consumed, consume } from './support/consume.ts';

const numbered = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({ key: String(from + i), value: `text ${from + i}` }));
const distinct = (documents: readonly Consumed[]) => new Set(documents.map(({ text }) => text)).size;
const total = (offsets: ReadonlyMap<number, number>) => [...offsets.values()].reduce((sum, offset) => sum + offset, 0);

describe('the life of fromKafka, with brokers that die', function () {
  this.timeout(120_000);
  let broker: Cluster;
  before(async function () {
    await requireKafka(this);
  });

  describe('one broker', () => {
    beforeEach(async () => {
      broker = await startBroker();
    });
    afterEach(() => broker.remove());

    it('is tried again until it is there at the start', async () => {
      const topic = await freshTopic(broker, { partitions: 2 });
      await produceAll(broker, topic, numbered(100));
      await broker.stop();
      const kafka = clientOf(broker, { retry: { retries: 1, initialRetryTime: 50 } });
      const consumption = consume(kafka, {
        groupId: freshName('group'),
        topic,
        restart: { initialDelay: 100, maxDelay: 500 },
      });
      await consumption.until(() => consumption.events.filter(({ type }) => type === 'crash').length >= 2);
      await broker.start();
      await consumption.until(() => consumption.documents.length === 100);
      await consumption.drain();
    });

    it('surfaces as an error where that was asked for', async () => {
      const topic = await freshTopic(broker);
      await broker.stop();
      const kafka = clientOf(broker, { retry: { retries: 1, initialRetryTime: 50 } });
      const { end } = consume(kafka, { groupId: freshName('group'), topic, restart: false });
      const error = await end.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).to.include({ code: 'SOURCE_FAILED' });
    });

    for (const [how, strike] of [
      ['restarted', (cluster: Cluster) => cluster.restart()],
      [
        'killed and started again',
        async (cluster: Cluster) => {
          await cluster.kill();
          await cluster.start();
        },
      ],
    ] as const)
      it(`may be ${how}: the consumer goes on, and nothing is lost`, async () => {
        const topic = await freshTopic(broker, { partitions: 3 });
        const groupId = freshName('group');
        await produceAll(broker, topic, numbered(1000));
        const consumption = consume(clientOf(broker), { groupId, topic });
        await consumption.until(() => consumption.documents.length >= 500);
        await strike(broker);
        await produceAll(broker, topic, numbered(1000, 1000));
        await consumption.until(() => consumption.committed(topic) === 2000);
        await consumption.drain();
        expect(distinct(consumption.documents)).to.equal(2000);
        expect(total(await groupOffsets(broker, groupId, topic))).to.equal(2000);
      });

    it('reports silence while it is stopped, and goes on after it', async () => {
      const topic = await freshTopic(broker);
      const consumption = consume(clientOf(broker), { groupId: freshName('group'), topic, maxSilence: 2000 });
      await produceAll(broker, topic, numbered(10));
      await consumption.until(() => consumption.documents.length === 10);
      const [node] = broker.nodes;
      if (!node?.pid) throw new Error('no broker');
      process.kill(node.pid, 'SIGSTOP');
      await consumption.until(() => consumption.events.some(({ type }) => type === 'silence'));
      process.kill(node.pid, 'SIGCONT');
      await produceAll(broker, topic, numbered(10, 10));
      await consumption.until(() => distinct(consumption.documents) === 20);
      await consumption.drain();
    });

    it('may lose the topic: it is no error, and what comes after it was made again is read', async () => {
      const topic = await freshTopic(broker);
      await produceAll(broker, topic, numbered(10));
      const consumption = consume(clientOf(broker), {
        groupId: freshName('group'),
        topic,
        restart: { initialDelay: 100, maxDelay: 500 },
        consumer: { metadataMaxAge: 500 },
      });
      await consumption.until(() => consumption.committed(topic) === 10);
      const crashes = (): number => consumption.events.filter(({ type }) => type === 'crash').length;
      const before = crashes(); // a broker that has just begun may have been slow to let us in
      await withAdmin(broker, (admin) => admin.deleteTopics({ topics: [topic] }));
      await consumption.until(() => crashes() > before);
      await withAdmin(broker, (admin) => admin.createTopics({ topics: [{ topic }] }));
      await produceAll(broker, topic, numbered(50, 10));
      await consumption.until(() => distinct(consumption.documents) === 60);
      await consumption.drain();
    });

    it('is left in good order while a document is on its way: it is finished, committed, and does not come again', async () => {
      const topic = await freshTopic(broker);
      await produceAll(broker, topic, numbered(20));
      const groupId = freshName('group');
      const held: Consumed[] = [];
      const consumption = consume(clientOf(broker), { groupId, topic, sink: (document) => void held.push(document) });
      await consumption.until(() => held.length === 20);
      const draining = consumption.drain();
      await consumption.until(() => consumption.events.some(({ type }) => type === 'drain'));
      for (const document of held) settle(document);
      await draining;
      expect(total(await groupOffsets(broker, groupId, topic))).to.equal(20);
      expect(consumption.events.at(-1)).to.deep.equal({ type: 'stop', unsettled: 0 });
    });
  });

  describe('three brokers', () => {
    it('may lose one that leads: others take over, and nothing is lost', async () => {
      broker = await startCluster({ nodes: 3 });
      try {
        const topic = await freshTopic(broker, { partitions: 6, replicas: 3 });
        const groupId = freshName('group');
        await produceAll(broker, topic, numbered(3000));
        const consumption = consume(clientOf(broker), { groupId, topic });
        await consumption.until(() => consumption.documents.length >= 500);
        await broker.nodes[1]?.kill();
        await produceAll(broker, topic, numbered(3000, 3000));
        await consumption.until(() => consumption.committed(topic) === 6000);
        await consumption.drain();
        expect(distinct(consumption.documents)).to.equal(6000);
        expect(total(await groupOffsets(broker, groupId, topic))).to.equal(6000);
      } finally {
        await broker.remove();
      }
    });
  });

  describe('over TLS with a password', () => {
    it('is read with the right one, and errors at once with a wrong one, which is in no message', async () => {
      broker = await startBroker({ tls: true, sasl: { users: { alice: 'secret-1' } } });
      try {
        const topic = await freshTopic(broker);
        await produceAll(broker, topic, numbered(10));
        const secure = (password: string): Kafka =>
          new Kafka({
            brokers: [broker.secureBootstrap ?? ''],
            logLevel: logLevel.NOTHING,
            ssl: { ca: [broker.ca ?? ''] },
            sasl: { mechanism: 'plain', username: 'alice', password },
          });
        const fine = consume(secure('secret-1'), { groupId: freshName('group'), topic });
        await fine.until(() => fine.documents.length === 10);
        await fine.drain();
        const { end, events } = consume(secure('secret-2'), { groupId: freshName('group'), topic });
        const error = await end.then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error).to.include({ code: 'SOURCE_FAILED' });
        expect(events.filter(({ type }) => type === 'crash')).to.have.length(0);
        expect(`${error} ${JSON.stringify(error)} ${JSON.stringify(events)}`).not.to.include('secret');
      } finally {
        await broker.remove();
      }
    });
  });
});
