import type { KafkaAdmin, KafkaClient, KafkaTransaction, KafkaTransactionalProducer } from './client.ts';

/** What a producer of transactions belongs to. */
export interface TransactionalProducerOptions {
  readonly transactionalId: string;
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
  /** Milliseconds after which the broker aborts a transaction that was not ended. */
  readonly transactionTimeout: number;
}

/** A producer that has fenced all those before it, and from where on the partition is its to do. */
export interface Opened {
  readonly producer: KafkaTransactionalProducer;
  /** A transaction that has begun; the next may begin when it has ended. */
  readonly first: KafkaTransaction;
  /** The committed offset: what is before it is done. */
  readonly from: number;
}

/**
 * The broker answers CONCURRENT_TRANSACTIONS to the next transaction until the markers of the last are written: a few milliseconds.
 * Its client waits for `initialRetryTime` meanwhile, so this rules the time that a transaction takes.
 */
const RETRY = { initialRetryTime: 10, factor: 0, multiplier: 2, maxRetryTime: 100, retries: 100 } as const;

/**
 * Makes a producer for a partition. In this order: first the producer begins a transaction, by which the broker fences others of the
 * same id and brings what they left half done to an end; then the committed offset is read, which only now cannot be an old one.
 */
export async function openTransactionalProducer(
  client: KafkaClient,
  { transactionalId, groupId, topic, partition, transactionTimeout }: TransactionalProducerOptions,
): Promise<Opened> {
  const producer = client.producer({
    transactionalId: `${transactionalId}-${groupId}-${topic}-${partition}`,
    idempotent: true,
    maxInFlightRequests: 1,
    transactionTimeout,
    retry: RETRY,
  });
  try {
    await producer.connect();
    const first = await producer.transaction();
    const from = await committedOffset(client.admin(), groupId, topic, partition);
    return { producer, first, from };
  } catch (error) {
    await closeProducer(producer);
    throw error;
  }
}

/** Never rejects: a producer that cannot be left is dead. */
export async function closeProducer(producer: KafkaTransactionalProducer): Promise<void> {
  await producer.disconnect().catch(() => {});
}

async function committedOffset(admin: KafkaAdmin, groupId: string, topic: string, partition: number): Promise<number> {
  try {
    await admin.connect();
    const topics = await admin.fetchOffsets({ groupId, topics: [topic] });
    const found = topics.find((each) => each.topic === topic)?.partitions.find((each) => each.partition === partition);
    return Math.max(0, Number(found?.offset ?? 0));
  } finally {
    await admin.disconnect().catch(() => {});
  }
}
