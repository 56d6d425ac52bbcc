import type { EachBatchPayload, Kafka } from 'kafkajs';
import { acknowledge } from 'rx-lockstep';
import { fromKafka } from 'rx-lockstep/kafka';
import { clientOf, freshName, freshTopic } from '../../test/kafka/support/client.ts';
import { consumerFor, type Progress, rateOf, run, type Start, type Stop } from './job.ts';
import { fill } from './load.ts';
import { figure, ratio, takeTurns } from './rounds.ts';
import { PARTITIONS, type Setting } from './setting.ts';

const RECORDS = 200_000;
const BYTES = 250;
const ROUNDS = 5;

const OURS = 'fromKafka + acknowledge';
const BARE = 'bare eachBatch with autoCommit';
const RAW = 'the same, values left as bytes';
const RARELY = 'bare eachBatch, a commit a second';

/** Consuming alone: against a bare eachBatch that commits by itself, and against one that commits as seldom as we do. */
export async function consume({ broker, records, rounds, report }: Setting): Promise<void> {
  const kafka = clientOf(broker);
  const topic = await freshTopic(broker, { partitions: PARTITIONS, name: 'documents' });
  const count = records(RECORDS);
  const times = rounds(ROUNDS);
  await fill(kafka, topic, count, (id) => ({ key: String(id), value: 'x'.repeat(BYTES) }));
  const contestants = { [OURS]: ours, [BARE]: bare(asText), [RAW]: bare(asBytes), [RARELY]: rarely };
  const results = await takeTurns(
    Object.entries(contestants).map(([name, start]) => ({ name, run: () => rateOf(count, start(kafka, topic)) })),
    times,
  );
  report(
    'consume',
    `${count.toLocaleString('en')} records of ${BYTES} bytes from ${PARTITIONS} partitions, values to strings, median of ${times}`,
    [
      ...[OURS, BARE, RAW, RARELY].map((name) => figure(results, name, '/s')),
      ratio(results, OURS, BARE, '>= 80'),
      ratio(results, OURS, RAW),
      ratio(results, OURS, RARELY),
    ],
  );
}

type Contestant = (kafka: Kafka, topic: string) => Start;

const ours: Contestant = (kafka, topic) => async (progress) => {
  const abort = new AbortController();
  const documents = fromKafka(() => consumerFor({ kafka, groupId: freshName('ours') }), {
    topic,
    signal: abort.signal,
    observe: (event) => event.type === 'assign' && progress.joined(event.partitions.length),
  });
  return run(documents.pipe(acknowledge()), abort, progress);
};

/** What a consumer does with a value. */
type Take = (value: Buffer | null) => number;

const asText: Take = (value) => value?.toString().length ?? 0;
const asBytes: Take = (value) => value?.length ?? 0;

function bare(take: Take): Contestant {
  return (kafka, topic) => (progress) => {
    const eachBatch = async (payload: EachBatchPayload): Promise<void> => read(payload, take, progress);
    return consuming(kafka, topic, progress, { eachBatch });
  };
}

const rarely: Contestant = (kafka, topic) => (progress) => {
  let committed = performance.now();
  return consuming(kafka, topic, progress, {
    autoCommit: false,
    eachBatch: async (payload) => {
      read(payload, asText, progress);
      payload.resolveOffset(payload.batch.lastOffset());
      if (performance.now() - committed < 1000) return;
      await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
      committed = performance.now();
    },
  });
};

/** What was taken, so that no compiler can leave the taking out. */
let taken = 0;

function read({ batch: { messages } }: EachBatchPayload, take: Take, { through }: Progress): void {
  for (const { value } of messages) taken += take(value);
  through(taken > 0 ? messages.length : 0);
}

async function consuming(
  kafka: Kafka,
  topic: string,
  { joined }: Progress,
  config: { eachBatch: (payload: EachBatchPayload) => Promise<void>; autoCommit?: boolean },
): Promise<Stop> {
  const consumer = consumerFor({ kafka, groupId: freshName('bare') });
  consumer.on('consumer.group_join', () => joined(PARTITIONS));
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run(config);
  return () => consumer.disconnect();
}
