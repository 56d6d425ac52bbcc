import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, type ITopicConfig, Kafka, logLevel } from 'kafkajs';

/** In ms. */
const POLL = 50;

/**
 * Creates topics, and waits until every broker that is up knows them and has a leader for each of their partitions. kafkajs'
 * own `waitForLeaders` asks one broker, and fails where that one has not heard of the topic yet. Topics that are there
 * already stay as they are.
 */
export async function createTopics(bootstrap: string, topics: readonly ITopicConfig[]): Promise<void> {
  const brokers = bootstrap.split(',');
  await withAdmin(brokers, (admin) => admin.createTopics({ topics: [...topics], waitForLeaders: false }));
  const names = topics.map(({ topic }) => topic);
  const waits = brokers.map((broker) => withAdmin([broker], (admin) => untilKnown(admin, names)));
  for (const wait of await Promise.allSettled(waits))
    if (wait.status === 'rejected' && !isDown(wait.reason)) throw wait.reason;
}

async function untilKnown(admin: Admin, topics: string[]): Promise<void> {
  for (;;) {
    const known = await admin.fetchTopicMetadata({ topics }).catch((error: unknown) => {
      if (mayPass(error) && !isDown(error)) return { topics: [] };
      throw error;
    });
    const partitions = known.topics.flatMap((topic) => topic.partitions);
    if (known.topics.length === topics.length && partitions.every(({ leader }) => leader >= 0)) return;
    await sleep(POLL);
  }
}

/** Whether it is worth asking again. By shape: kafkajs exports its errors to CommonJS only. */
export function mayPass(error: unknown): boolean {
  return error instanceof Error && 'retriable' in error && error.retriable === true;
}

function isDown(error: unknown): boolean {
  return error instanceof Error && (error.name === 'KafkaJSConnectionError' || isDown(error.cause));
}

async function withAdmin<T>(brokers: string[], use: (admin: Admin) => Promise<T>): Promise<T> {
  const retry = { initialRetryTime: 50, retries: 5 };
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING, retry }).admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}
