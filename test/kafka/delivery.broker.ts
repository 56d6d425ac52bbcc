import { expect } from 'chai';
import { delay, mergeMap, of } from 'rxjs';
import { deadLettersToKafka } from '../../operators/dead-letters-to-kafka.ts';
import { exactlyOnce } from '../../operators/exactly-once.ts';
import { filterDocuments } from '../../operators/filter-documents.ts';
import { fromKafka } from '../../operators/from-kafka.ts';
import { toKafka } from '../../operators/to-kafka.ts';
import type { Cluster } from '../../scripts/kafka/cluster.ts';
import { startBroker } from '../../scripts/kafka/start.ts';
import { LockstepError } from '../../src/errors.ts';
import { json } from '../../src/kafka/decoders.ts';
import type { KafkaEvent } from '../../src/kafka/events.ts';
import { requireKafka } from './support/broker.ts';
import { clientOf, freshName, freshTopic, groupOffsets, produceAll } from './support/client.ts';
import { readTopic } from './support/reader.ts';

const numbered = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({
    key: `key-${(from + i) % 23}`,
    value: JSON.stringify({ id: from + i, text: `text ${from + i}` }),
    headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', other: 'x' },
  }));

/** From a topic to another, with a filter and dead letters; resolves when so many were sent or dropped, and committed. */
interface RunOptions {
  readonly broker: Cluster;
  readonly topic: string;
  readonly verdicts: string;
  readonly letters: string;
  readonly once?: string;
  readonly groupId: string;
  readonly encode?: (id: string | number) => unknown;
}

function run({ broker, topic, verdicts, letters, once, groupId, encode = (id) => ({ id }) }: RunOptions) {
  const kafka = clientOf(broker);
  const events: KafkaEvent[] = [];
  const observe = (event: KafkaEvent): void => void events.push(event);
  const abort = new AbortController();
  const transactions = once === undefined ? undefined : exactlyOnce(kafka, { transactionalId: once, observe });
  const target = () => transactions ?? kafka.producer({ idempotent: true });
  const sent: (string | number)[] = [];
  const ended = fromKafka(
    kafka.consumer({ groupId, sessionTimeout: 6000, heartbeatInterval: 200, maxWaitTimeInMs: 200 }),
    {
      topic,
      decode: json(),
      exactlyOnce: transactions,
      deadLetters: deadLettersToKafka(target(), { topic: letters, observe }),
      signal: abort.signal,
      observe,
    },
  )
    .pipe(
      // Out of order: the sink has to wait for gaps to close.
      mergeMap((document) => of(document).pipe(delay(Number(document.id) % 3))),
      filterDocuments(({ id }) => {
        if (Number(id) % 50 === 7) throw new Error('cannot be labelled');
        return Number(id) % 10 !== 0;
      }),
      toKafka(target(), { topic: verdicts, encode: ({ id }) => encode(id), observe }),
    )
    .forEach(({ id }) => void sent.push(id));
  const drain = async (): Promise<void> => {
    abort.abort();
    await ended;
  };
  return { sent, events, drain, ended };
}

const idOf = (value: Buffer | null): number => JSON.parse(String(value)).id;

describe('from topic to topic, with a broker', function () {
  this.timeout(120_000);
  let broker: Cluster;
  before(async function () {
    await requireKafka(this);
    broker = await startBroker();
  });
  after(() => broker?.remove());

  async function topics() {
    const [topic, verdicts, letters] = await Promise.all([
      freshTopic(broker, { partitions: 3, name: 'documents' }),
      freshTopic(broker, { partitions: 3, name: 'verdicts' }),
      freshTopic(broker, { partitions: 1, name: 'letters' }),
    ]);
    return { topic, verdicts, letters };
  }
  const expected = (count: number) =>
    Array.from({ length: count }, (_, id) => id).filter((id) => id % 50 === 7 || id % 10 !== 0);

  for (const once of [false, true])
    it(`${once ? 'exactly' : 'at least'} once: every document is a verdict, a dead letter, or was dropped by the filter`, async () => {
      const names = await topics();
      const groupId = freshName('group');
      await produceAll(broker, names.topic, numbered(2000));
      const { sent, drain } = run({ broker, ...names, groupId, ...(once && { once: freshName('once') }) });
      while (sent.length < 1760) await new Promise((resolve) => setTimeout(resolve, 20));
      await drain();
      const verdicts = await readTopic(broker, names.verdicts);
      const letters = await readTopic(broker, names.letters);
      const ids = [...verdicts, ...letters].map(({ value }) => idOf(value)).sort((a, b) => a - b);
      expect(ids).to.deep.equal(expected(2000));
      expect(letters).to.have.length(40);
      const offsets = await groupOffsets(broker, groupId, names.topic);
      expect([...offsets.values()].reduce((sum, offset) => sum + offset, 0)).to.equal(2000);
      const [verdict] = verdicts;
      expect(verdict?.headers.map(([name]) => name)).to.deep.equal(['traceparent']);
      const [letter] = letters;
      const headers = new Map(letter?.headers.map(([name, value]) => [name, String(value)]));
      expect(Object.fromEntries(headers)).to.include({
        other: 'x',
        'lockstep-code': 'STAGE_FAILED',
        'lockstep-attempt': '1',
        'lockstep-topic': names.topic,
      });
      expect(headers.get('lockstep-reason')).to.match(/^filterDocuments failed for document \d+: cannot be labelled$/);
      expect(letter?.key?.toString()).to.match(/^key-\d+$/);
    });

  it('exactly once: errors where there is no topic for verdicts, and commits nothing', async () => {
    const names = { ...(await topics()), verdicts: 'nowhere' };
    await produceAll(broker, names.topic, numbered(5, 1));
    const groupId = freshName('group');
    const { ended, events } = run({ broker, ...names, groupId, once: freshName('once') });
    const error = await ended.catch((reason: unknown) => reason);
    while (!events.some(({ type }) => type === 'stop')) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(error).to.be.instanceOf(LockstepError).with.property('code', 'SINK_FAILED');
    expect(
      [...(await groupOffsets(broker, groupId, names.topic)).values()].filter((offset) => offset > 0),
    ).to.deep.equal([]);
  });

  for (const once of [false, true])
    it(`${once ? 'exactly' : 'at least'} once: a record that the broker refuses is a dead letter, its neighbours go`, async () => {
      const names = await topics();
      await produceAll(broker, names.topic, numbered(300));
      const { sent, drain } = run({
        broker,
        ...names,
        groupId: freshName('group'),
        ...(once && { once: freshName('once') }),
        encode: (id) => (id === 123 ? { id, big: 'x'.repeat(1_500_000) } : { id }),
      });
      while (sent.length < 300 - 30 - 6 - 1) await new Promise((resolve) => setTimeout(resolve, 20));
      await drain();
      const letters = await readTopic(broker, names.letters);
      expect(letters.map(({ value }) => idOf(value)).sort((a, b) => a - b)).to.deep.equal([
        7, 57, 107, 123, 157, 207, 257,
      ]);
      const refused = letters.find(({ value }) => idOf(value) === 123);
      expect(new Map(refused?.headers.map(([name, value]) => [name, String(value)])).get('lockstep-code')).to.equal(
        'SINK_FAILED',
      );
      const verdicts = await readTopic(broker, names.verdicts);
      expect(verdicts.map(({ value }) => idOf(value)).sort((a, b) => a - b)).to.deep.equal(
        expected(300).filter((id) => id % 50 !== 7 && id !== 123),
      );
    });

  for (const once of [false, true])
    it(`${once ? 'exactly' : 'at least'} once: a broker that is killed under way loses nothing`, async () => {
      const names = await topics();
      await produceAll(broker, names.topic, numbered(3000));
      const groupId = freshName('group');
      const { sent, drain } = run({ broker, ...names, groupId, ...(once && { once: freshName('once') }) });
      while (sent.length < 500) await new Promise((resolve) => setTimeout(resolve, 5));
      await broker.kill();
      await broker.start();
      await produceAll(broker, names.topic, numbered(500, 3000));
      const done = async () => {
        const offsets = await groupOffsets(broker, groupId, names.topic);
        return [...offsets.values()].reduce((sum, offset) => sum + offset, 0) === 3500;
      };
      while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 200));
      await drain();
      const ids = [...(await readTopic(broker, names.verdicts)), ...(await readTopic(broker, names.letters))].map(
        ({ value }) => idOf(value),
      );
      expect([...new Set(ids)].sort((a, b) => a - b)).to.deep.equal(expected(3500));
      if (once) expect(ids).to.have.length(expected(3500).length);
    });

  it('exactly once: of two that believe to own a partition, one is fenced, and nothing is seen twice', async () => {
    const names = await topics();
    await produceAll(broker, names.topic, numbered(1000));
    const once = freshName('once');
    const groupId = freshName('group');
    const first = run({ broker, ...names, groupId, once });
    while (first.sent.length < 100) await new Promise((resolve) => setTimeout(resolve, 5));
    const second = run({ broker, ...names, groupId, once });
    await produceAll(broker, names.topic, numbered(2000, 1000));
    const done = async () => {
      const offsets = await groupOffsets(broker, groupId, names.topic);
      return [...offsets.values()].reduce((sum, offset) => sum + offset, 0) === 3000;
    };
    while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 100));
    await Promise.all([first.drain(), second.drain()]);
    const ids = [...(await readTopic(broker, names.verdicts)), ...(await readTopic(broker, names.letters))].map(
      ({ value }) => idOf(value),
    );
    expect(ids.sort((a, b) => a - b)).to.deep.equal(expected(3000));
  });
});
