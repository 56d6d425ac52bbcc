import { expect } from 'chai';
import { observeOn } from 'rxjs';
import type { Cluster } from '../../scripts/kafka/cluster.ts';
import { RealTime } from '../../src/clock/real-time.ts';
import type { DeadLetter } from '../../src/document/document.ts';
import { settle } from '../../src/document/receipt.ts';
import { json } from '../../src/kafka/decoders.ts';
import { sharedBroker } from './support/broker.ts';
import { clientOf, freshName, freshTopic, groupOffsets, produceAll, withAdmin } from './support/client.ts';
import { type Consumed, consume } from './support/consume.ts';

const numbered = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({ key: `key-${(from + i) % 97}`, value: `text ${from + i}` }));
const textsOf = (documents: readonly Consumed[]) => documents.map(({ text }) => text);
const distinct = (documents: readonly Consumed[]) => new Set(textsOf(documents)).size;

describe('fromKafka, with a broker', function () {
  this.timeout(60_000);
  let broker: Cluster;
  before(async function () {
    broker = await sharedBroker(this);
  });

  it('emits every record of a topic, in the order of its partition, and commits the end', async () => {
    const topic = await freshTopic(broker, { partitions: 3 });
    await produceAll(broker, topic, numbered(5000));
    const groupId = freshName('group');
    const consumption = consume(clientOf(broker), { groupId, topic });
    await consumption.until(() => consumption.documents.length === 5000);
    await consumption.drain();
    expect(distinct(consumption.documents)).to.equal(5000);
    for (const partition of [0, 1, 2]) {
      const offsets = consumption.documents
        .filter(({ kafka }) => kafka.partition === partition)
        .map(({ kafka }) => Number(kafka.offset));
      expect(offsets).to.deep.equal(offsets.map((_, i) => i));
      expect((await groupOffsets(broker, groupId, topic)).get(partition)).to.equal(offsets.length);
    }
    const [first] = consumption.documents;
    expect(first?.kafka.key).to.be.instanceOf(Buffer);
    expect(first?.kafka.timestamp).to.be.closeTo(Date.now(), 60_000);
    expect(first?.id).to.equal(`${topic}/${first?.kafka.partition}/${first?.kafka.offset}`);
  });

  it('goes on where the group has committed, and commits what is settled when it is unsubscribed from', async () => {
    const topic = await freshTopic(broker);
    await produceAll(broker, topic, numbered(100));
    const groupId = freshName('group');
    const first = consume(clientOf(broker), {
      groupId,
      topic,
      sink: (document) => {
        if (Number(document.kafka.offset) < 60) settle(document);
      },
    });
    await first.until(() => first.documents.length === 100);
    await first.unsubscribe();
    expect([...(await groupOffsets(broker, groupId, topic))]).to.deep.equal([[0, 60]]);
    const second = consume(clientOf(broker), { groupId, topic });
    await second.until(() => second.documents.length === 40);
    await second.drain();
    expect(textsOf(second.documents)).to.deep.equal(textsOf(first.documents).slice(60));
  });

  it('commits nothing beyond a document that nobody has settled, and reports it', async () => {
    const topic = await freshTopic(broker);
    await produceAll(broker, topic, numbered(50));
    const groupId = freshName('group');
    const consumption = consume(clientOf(broker), {
      groupId,
      topic,
      maxAge: 1,
      drainTimeout: 100,
      sink: (document) => {
        if (document.kafka.offset !== '7') settle(document);
      },
    });
    await consumption.until(() => consumption.events.some(({ type }) => type === 'overdue'));
    await consumption.drain();
    expect([...(await groupOffsets(broker, groupId, topic))]).to.deep.equal([[0, 7]]);
    expect(consumption.events.find(({ type }) => type === 'overdue')).to.include({ topic, partition: 0, offset: 7 });
    expect(consumption.events.at(-1)).to.deep.equal({ type: 'stop', unsettled: 1 });
  });

  it('stays in the group for several session timeouts while a sink takes nothing', async () => {
    const topic = await freshTopic(broker, { partitions: 2 });
    await produceAll(broker, topic, numbered(2000));
    const groupId = freshName('group');
    const held: Consumed[] = [];
    let flows = false;
    const consumption = consume(clientOf(broker), {
      groupId,
      topic,
      maxInFlight: 50,
      consumer: { sessionTimeout: 1000, heartbeatInterval: 200 },
      sink: (document) => {
        if (flows) settle(document);
        else held.push(document);
      },
    });
    const progress = () => consumption.events.filter(({ type }) => type === 'progress').length;
    await consumption.until(() => progress() >= 5); // one a second: five session timeouts
    expect(consumption.documents).to.have.length(50);
    expect(consumption.events.filter(({ type }) => type === 'assign')).to.have.length(1);
    flows = true;
    for (const document of held) settle(document);
    await consumption.until(() => consumption.documents.length === 2000);
    await consumption.drain();
    expect(distinct(consumption.documents)).to.equal(2000);
    expect(consumption.events.filter(({ type }) => type === 'assign' || type === 'crash')).to.have.length(1);
  });

  it('makes dead letters of what it cannot decode, passes over tombstones, and goes on', async () => {
    const topic = await freshTopic(broker);
    await produceAll(broker, topic, [
      { key: 'a', value: '{"text":"fine"}' },
      { key: 'b', value: 'no JSON' },
      { key: 'c', value: null },
      { key: 'd', value: Buffer.from([0xff, 0xfe]) },
      { key: 'e', value: '' },
      { key: 'f', value: `{"text":${JSON.stringify('x'.repeat(900_000))}}` },
      { key: 'g', value: '{"text":"fine too","id":7}' },
    ]);
    const groupId = freshName('group');
    const letters: DeadLetter[] = [];
    const abort = new AbortController();
    const { fromKafka } = await import('../../operators/from-kafka.ts');
    const documents: (string | number)[] = [];
    await new Promise<void>((resolve, reject) => {
      fromKafka(clientOf(broker).consumer({ groupId, maxWaitTimeInMs: 200 }), {
        topic,
        decode: json(),
        signal: abort.signal,
        deadLetters: (letter) => void letters.push(letter),
      }).subscribe({
        next: (document) => {
          documents.push(document.id);
          settle(document);
          if (document.id === 7) abort.abort();
        },
        complete: resolve,
        error: reject,
      });
    });
    expect(documents).to.deep.equal([`${topic}/0/0`, `${topic}/0/5`, 7]);
    expect(letters.map(({ reason }) => reason.code)).to.deep.equal(['INVALID_DATA', 'INVALID_DATA', 'INVALID_DATA']);
    expect(letters[0]?.reason.message).to.match(/^Cannot use record topic-\w+\/0\/1: it is not JSON/);
    expect([...(await groupOffsets(broker, groupId, topic))]).to.deep.equal([[0, 7]]);
  });

  it('divides a topic when another joins, and takes all when it leaves; nothing is lost', async () => {
    const topic = await freshTopic(broker, { partitions: 4 });
    const groupId = freshName('group');
    const options = { groupId, topic, stages: observeOn<Consumed>(new RealTime()) };
    await produceAll(broker, topic, numbered(1000));
    const first = consume(clientOf(broker), options);
    await first.until(() => first.documents.length >= 200);
    const second = consume(clientOf(broker), options);
    await second.until(() => second.events.some(({ type }) => type === 'assign'));
    const assigned = second.events.find(({ type }) => type === 'assign');
    expect(assigned).to.have.property('partitions').with.length(2);
    await produceAll(broker, topic, numbered(1000, 1000));
    const all = () => [...first.documents, ...second.documents];
    await second.until(() => second.documents.length > 0);
    await second.drain();
    await produceAll(broker, topic, numbered(1000, 2000));
    // What was in flight when the group was divided comes again, and is committed then.
    await first.until(() => first.committed(topic) === 3000);
    await first.drain();
    expect(distinct(all())).to.equal(3000);
    const ends = [...(await groupOffsets(broker, groupId, topic)).values()];
    expect(ends.reduce((sum, offset) => sum + offset, 0)).to.equal(3000);
  });

  it('finds partitions that are added', async () => {
    const topic = await freshTopic(broker);
    const consumption = consume(clientOf(broker), {
      groupId: freshName('group'),
      topic,
      consumer: { metadataMaxAge: 500 },
    });
    await consumption.until(() => consumption.events.some(({ type }) => type === 'assign'));
    await withAdmin(broker, (admin) => admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] }));
    await produceAll(broker, topic, numbered(300));
    await consumption.until(() => distinct(consumption.documents) === 300);
    await consumption.drain();
    expect(new Set(consumption.documents.map(({ kafka }) => kafka.partition))).to.deep.equal(new Set([0, 1, 2]));
  });

  it('errors at once for a topic that is not there', async () => {
    const topic = freshName('missing');
    const kafka = clientOf(broker);
    const { end } = consume(kafka, { groupId: freshName('group'), topic, consumer: { allowAutoTopicCreation: false } });
    const error = await end.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.include({ code: 'SOURCE_FAILED' });
    expect(error)
      .to.have.property('message')
      .that.matches(new RegExp(`^Cannot read topic ${topic}: `));
    expect(error).to.have.property('cause').that.is.instanceOf(Error);
  });

  it('reads several topics, and those that fit a pattern', async () => {
    const prefix = freshName('several');
    for (const name of ['a', 'b'])
      await withAdmin(broker, (admin) => admin.createTopics({ topics: [{ topic: `${prefix}-${name}` }] }));
    for (const name of ['a', 'b']) await produceAll(broker, `${prefix}-${name}`, numbered(10));
    for (const topic of [[`${prefix}-a`, `${prefix}-b`], new RegExp(`^${prefix}-`)]) {
      const consumption = consume(clientOf(broker), { groupId: freshName('group'), topic });
      await consumption.until(() => consumption.documents.length === 20);
      await consumption.drain();
      expect(new Set(consumption.documents.map(({ kafka }) => kafka.topic)).size).to.equal(2);
    }
  });
});
