import type { EachBatchPayload, Kafka, KafkaMessage, Message, Producer } from 'kafkajs';
import type { KafkaTopicOffsets } from 'rx-lockstep/kafka';
import { consumerFor, type Job, type Progress, type Stop } from './job.ts';

export interface JobByHand extends Job {
  /** What becomes of some records of a partition. */
  readonly convert: (
    messages: readonly KafkaMessage[],
    from: { topic: string; partition: number },
  ) => Message[] | Promise<Message[]>;
  /** Milliseconds from commit to commit; 0 commits after each send. @default 0 */
  readonly commitInterval?: number;
}

type Send = (payload: EachBatchPayload, messages: Message[], offsets: { topics: KafkaTopicOffsets[] }) => Promise<void>;

const PER_SEND = 1000;
/** As in this library, whose transactions are to be measured against others that wait no longer. */
const QUICK = { initialRetryTime: 10, factor: 0, multiplier: 2, maxRetryTime: 100, retries: 100 };

/** The same job with kafkajs alone, as one would write it by hand: batch by batch, a send for each 1000 records. */
export async function byHand(job: JobByHand, { joined, through, failed }: Progress): Promise<Stop> {
  const consumer = consumerFor(job);
  const producer = producerOf(job.kafka, job);
  const send = job.mode === 'exactly once' ? transactionally(producer, job) : thenCommit(producer, job);
  consumer.on('consumer.group_join', ({ payload }) => joined(Object.values(payload.memberAssignment).flat().length));
  consumer.on('consumer.crash', ({ payload }) => !payload.restart && failed(payload.error));
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topics: [job.input], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    eachBatch: async (payload) => {
      const { topic, partition, messages } = payload.batch;
      for (let from = 0; from < messages.length && payload.isRunning() && !payload.isStale(); from += PER_SEND) {
        const some = messages.slice(from, from + PER_SEND);
        const last = some.at(-1)?.offset ?? '-1';
        const offset = String(BigInt(last) + 1n);
        const topics = [{ topic, partitions: [{ partition, offset }] }];
        await send(payload, await job.convert(some, { topic, partition }), { topics });
        payload.resolveOffset(last);
        through(some.length);
        await payload.heartbeat();
      }
    },
  });
  return async () => {
    await consumer.disconnect();
    await producer.disconnect();
  };
}

function producerOf(kafka: Kafka, { mode, groupId }: Job): Producer {
  if (mode === 'at least once') return kafka.producer({ idempotent: true });
  return kafka.producer({ transactionalId: groupId, idempotent: true, maxInFlightRequests: 1, retry: QUICK });
}

function thenCommit(producer: Producer, { output, commitInterval = 0 }: JobByHand): Send {
  let committed = performance.now();
  return async ({ commitOffsetsIfNecessary }, messages, offsets) => {
    await producer.sendBatch({ topicMessages: [{ topic: output, messages }] });
    if (performance.now() - committed < commitInterval) return;
    await commitOffsetsIfNecessary(offsets);
    committed = performance.now();
  };
}

/** With one transaction at a time for all partitions, which nothing protects from a process that was thought dead. */
function transactionally(producer: Producer, { groupId, output }: JobByHand): Send {
  return async (_payload, messages, { topics }) => {
    const transaction = await producer.transaction();
    await transaction.sendBatch({ topicMessages: [{ topic: output, messages }] });
    await transaction.sendOffsets({ consumerGroupId: groupId, topics });
    await transaction.commit();
  };
}
