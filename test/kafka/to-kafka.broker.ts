import { expect } from 'chai';
import { from, lastValueFrom, type Observable, tap, toArray } from 'rxjs';
import { deadLetter } from '../../operators/dead-letter.ts';
import { deadLettersToKafka } from '../../operators/dead-letters-to-kafka.ts';
import { fromDocuments } from '../../operators/from-documents.ts';
import { toKafka } from '../../operators/to-kafka.ts';
import type { Cluster } from '../../scripts/kafka/cluster.ts';
import { startBroker, startCluster } from '../../scripts/kafka/start.ts';
import type { DeadLetter, Document } from '../../src/document/document.ts';
import { LockstepError } from '../../src/errors.ts';
import type { KafkaSinkEvent } from '../../src/kafka/events.ts';
import type { KafkaRecord } from '../../src/kafka/record.ts';
import { requireKafka, sharedBroker } from './support/broker.ts';
import { clientOf, freshName, freshTopic } from './support/client.ts';
import { type ReadRecord, readTopic } from './support/reader.ts';

const encode = ({ text }: Document): string => text;

/** A document with an id, which perhaps comes from a topic. */
interface Numbered extends Document {
  readonly id: number;
  readonly kafka?: KafkaRecord;
}

function* numbered(count: number): Generator<Numbered> {
  for (let id = 0; id < count; id++) yield { text: `text ${id}`, id };
}

/** A record as it comes out of a topic. */
function recordWith(fields: Partial<KafkaRecord>): KafkaRecord {
  return {
    topic: 'documents',
    partition: 2,
    offset: '17',
    timestamp: 1_700_000_000_000,
    key: null,
    value: Buffer.from('text'),
    headers: {},
    ...fields,
  };
}

const all = <T>(source: Observable<T>): Promise<T[]> => lastValueFrom(source.pipe(toArray()));
const textsOf = (records: readonly ReadRecord[]): string[] => records.map(({ value }) => String(value));
const headersOf = (record: ReadRecord | undefined) =>
  Object.fromEntries(record?.headers.map(([name, value]) => [name, value && String(value)]) ?? []);

/** How often each text is in a topic. */
function counted(records: readonly ReadRecord[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of textsOf(records)) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

describe('toKafka, with a broker', function () {
  this.timeout(60_000);
  let broker: Cluster;
  before(async function () {
    broker = await sharedBroker(this);
  });

  it('sends what an independent reader reads: values, keys, headers, timestamps and partitions', async () => {
    const topic = await freshTopic(broker, { partitions: 3 });
    const kafka = recordWith({
      key: Buffer.from([0, 255, 10]),
      headers: { traceparent: Buffer.from('00-ab-cd-01'), other: 'left' },
    });
    const documents: Numbered[] = [
      { text: 'one', id: 1 },
      { text: '二', id: 2, kafka },
      { text: '', id: 3 },
    ];
    await all(
      from(documents).pipe(
        toKafka(clientOf(broker).producer(), {
          topic,
          encode,
          partition: () => 1,
          timestamp: ({ id }) => 1_600_000_000_000 + Number(id),
          headers: ({ id }) => ({ number: String(id) }),
        }),
      ),
    );
    const records = await readTopic(broker, topic);
    expect(
      records.map(({ partition, timestamp, key, value }) => [partition, timestamp, key, String(value)]),
    ).to.deep.equal([
      [1, 1_600_000_000_001, Buffer.from('1'), 'one'],
      [1, 1_600_000_000_002, Buffer.from([0, 255, 10]), '二'],
      [1, 1_600_000_000_003, Buffer.from('3'), ''],
    ]);
    expect(records.map(headersOf)).to.deep.equal([
      { number: '1' },
      { traceparent: '00-ab-cd-01', number: '2' },
      { number: '3' },
    ]);
  });

  it('keeps the order of each key, with several requests at once', async () => {
    const topic = await freshTopic(broker, { partitions: 3 });
    const key = ({ id }: Document): string => `key ${Number(id) % 50}`;
    await all(
      fromDocuments(numbered(5000)).pipe(
        toKafka(clientOf(broker).producer(), { topic, encode, key, maxSends: 4, maxBatch: 100 }),
      ),
    );
    const byKey = new Map<string, string[]>();
    for (const record of await readTopic(broker, topic)) {
      const texts = byKey.get(String(record.key)) ?? [];
      byKey.set(String(record.key), texts);
      texts.push(String(record.value));
    }
    expect(byKey.size).to.equal(50);
    for (const [name, texts] of byKey)
      expect(texts).to.deep.equal(Array.from({ length: 100 }, (_, i) => `text ${i * 50 + Number(name.slice(4))}`));
  });

  for (const [how, idempotent, key] of [
    ['', false, undefined],
    [', without keys', false, () => null],
    [', by an idempotent producer exactly once', true, undefined],
    [', by an idempotent producer and without keys exactly once', true, () => null],
  ] as const)
    it(`makes dead letters of records that are too large, and sends the others${how}`, async () => {
      const topic = await freshTopic(broker, { partitions: 3, config: { 'max.message.bytes': '20000' } });
      const large = new Set([0, 333, 334, 999]);
      const documents = Array.from(numbered(1000), (document, id) =>
        large.has(id) ? { ...document, text: 'x'.repeat(30_000) } : document,
      );
      const letters: DeadLetter[] = [];
      const sent = await all(
        from(documents).pipe(
          deadLetter((letter) => void letters.push(letter)),
          toKafka(clientOf(broker).producer({ idempotent }), { topic, encode, key }),
        ),
      );
      expect(letters.map(({ document: { id }, reason: { code } }) => [id, code])).to.have.deep.members(
        [...large].map((id) => [id, 'SINK_FAILED']),
      );
      expect(sent).to.have.length(996);
      const counts = counted(await readTopic(broker, topic));
      expect([...counts.keys()]).to.have.members(documents.filter(({ id }) => !large.has(Number(id))).map(encode));
      expect(Math.max(...counts.values())).to.be.at.most(idempotent ? 1 : 2);
    });

  it('errors for a topic or a partition that does not exist, which kafkajs passes over in silence', async () => {
    const retry = { retries: 1, initialRetryTime: 10 };
    const topic = await freshTopic(broker, { partitions: 3 });
    const nowhere = toKafka(clientOf(broker, { retry }).producer(), { topic: freshName('none'), encode });
    const outside = toKafka(clientOf(broker).producer(), { topic, encode, partition: () => 3 });
    for (const [operator, what] of [
      [nowhere, /does not host this topic-partition/],
      [outside, new RegExp(`partition that exists, got ${topic}/3`)],
    ] as const) {
      const error = await all(from(numbered(1)).pipe(operator)).catch((reason) => reason);
      expect(error).to.be.instanceOf(LockstepError).with.property('code', 'SINK_FAILED');
      expect(error.message).to.match(what);
    }
  });

  it('writes dead letters with what came, also with headers that kafkajs cannot send', async () => {
    const topic = await freshTopic(broker);
    const origin = await freshTopic(broker);
    const produced = await broker.tool(
      'console-producer',
      [
        '--bootstrap-server',
        broker.bootstrap,
        '--topic',
        origin,
        '--property',
        'parse.headers=true',
        '--property',
        'null.marker=NULL',
      ],
      { input: 'none:NULL,some:thing\tvalue\n' },
    );
    expect(produced.code).to.equal(0);
    const consumer = clientOf(broker).consumer({ groupId: freshName('group') });
    await consumer.connect();
    await consumer.subscribe({ topic: origin, fromBeginning: true });
    const kafka = await new Promise<KafkaRecord>((resolve) => {
      void consumer.run({
        eachMessage: async ({ topic, partition, message: { offset, timestamp, key, value, headers = {} } }) =>
          resolve({ topic, partition, offset, timestamp: Number(timestamp), key, value, headers }),
      });
    });
    await consumer.disconnect();
    const handler = deadLettersToKafka(clientOf(broker).producer(), { topic });
    const document: Numbered = { text: 'value', id: 1, kafka };
    await handler({ document, reason: new LockstepError('INVALID_DATA', 'not\nJSON') });
    await handler.close();
    const [letter] = await readTopic(broker, topic);
    expect(String(letter?.value)).to.equal('value');
    expect(headersOf(letter)).to.deep.equal({
      none: '',
      some: 'thing',
      'lockstep-code': 'INVALID_DATA',
      'lockstep-reason': 'not JSON',
      'lockstep-attempt': '1',
      'lockstep-topic': origin,
      'lockstep-partition': '0',
      'lockstep-offset': '0',
      'lockstep-timestamp': String(kafka.timestamp),
    });
  });

  it('writes dead letters that are too large without what makes them so', async () => {
    const topic = await freshTopic(broker, { config: { 'max.message.bytes': '5000' } });
    const bomb = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`header ${i}`, 'x']));
    const handler = deadLettersToKafka(clientOf(broker).producer(), { topic });
    const reason = new LockstepError('INVALID_DATA', 'too much');
    const big = Buffer.alloc(9000, 'x');
    const key = Buffer.from('k');
    await Promise.all(
      [
        recordWith({ key, value: big, headers: { small: '1' } }),
        recordWith({ key, headers: bomb }),
        recordWith({ key: big, value: big, headers: bomb }),
      ]
        .map((kafka): Numbered => ({ text: 'text', id: 1, kafka }))
        .map((document) => handler({ document, reason })),
    );
    await handler.close();
    const letters = await readTopic(broker, topic);
    expect(letters.map(({ key, value }) => [key && String(key), value && String(value)])).to.have.deep.members([
      ['k', null],
      ['k', 'text'],
      [null, null],
    ]);
    const omitted = letters.map((letter) =>
      Object.fromEntries(Object.entries(headersOf(letter)).filter(([name]) => /omitted|small/.test(name))),
    );
    expect(omitted).to.have.deep.members([
      { small: '1', 'lockstep-value-omitted': '9000' },
      { 'lockstep-headers-omitted': '1000' },
      { 'lockstep-key-omitted': '9000', 'lockstep-value-omitted': '9000', 'lockstep-headers-omitted': '1000' },
    ]);
  });
});

describe('toKafka, with brokers that fail', function () {
  this.timeout(300_000);
  before(async function () {
    await requireKafka(this);
  });

  it('loses nothing when the broker is killed and started again, and confirms everything', async () => {
    const broker = await startBroker();
    try {
      const topic = await freshTopic(broker, { partitions: 3 });
      const events: KafkaSinkEvent[] = [];
      let restarted: Promise<void> | undefined;
      const restart = async (): Promise<void> => {
        await broker.kill();
        await broker.start();
      };
      const retry = { retries: 1, initialRetryTime: 20 };
      const sent = await all(
        fromDocuments(numbered(10_000)).pipe(
          toKafka(clientOf(broker, { retry }).producer(), { topic, encode, observe: (event) => events.push(event) }),
          tap(({ id }) => {
            if (id === 3000) restarted = restart();
          }),
        ),
      );
      await restarted;
      expect(sent.map(({ id }) => id)).to.deep.equal(Array.from(numbered(10_000), ({ id }) => id));
      expect(events.some(({ type }) => type === 'send-failed')).to.equal(true);
      expect(new Set(textsOf(await readTopic(broker, topic)))).to.have.property('size', 10_000);
    } finally {
      await broker.remove();
    }
  });

  it('loses nothing when one broker of three dies, where kafkajs reports success for records that it left out', async () => {
    const cluster = await startCluster({ nodes: 3 });
    try {
      const topic = await freshTopic(cluster, { partitions: 6, config: { 'min.insync.replicas': '2' } });
      const [node] = cluster.nodes;
      const failures: string[] = [];
      const observe = (event: KafkaSinkEvent): void => {
        if (event.type === 'send-failed' && event.error instanceof Error) failures.push(event.error.message);
      };
      let killed: Promise<unknown> | undefined;
      const sent = await all(
        fromDocuments(numbered(12_000)).pipe(
          toKafka(clientOf(cluster).producer(), { topic, encode, maxBatch: 100, observe }),
          tap(({ id }) => {
            if (id === 4000) killed = node?.kill();
          }),
        ),
      );
      await killed;
      await node?.start();
      expect(failures.join('\n')).to.match(/The client has left out \d+ records, and reported success/);
      expect(sent).to.have.length(12_000);
      expect(new Set(textsOf(await readTopic(cluster, topic)))).to.have.property('size', 12_000);
    } finally {
      await cluster.remove();
    }
  });
});
