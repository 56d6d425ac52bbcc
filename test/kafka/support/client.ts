import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, Kafka, type KafkaConfig, logLevel, type Message } from 'kafkajs';
import type { Cluster } from '../../../scripts/kafka/cluster.ts';
import { createTopics, mayPass } from '../../../scripts/kafka/topics.ts';

/** Whatever says where the brokers are. */
export type Brokers = Pick<Cluster, 'bootstrap'>;

export interface TopicOptions {
  /** @default 1 */
  readonly partitions?: number;
  /** Copies of each partition. @default the broker's own number: 1 on one node, 3 on three */
  readonly replicas?: number;
  /** Settings of the topic, such as `{ 'cleanup.policy': 'compact' }`. */
  readonly config?: Readonly<Record<string, string>>;
  /** What the name begins with. @default 'topic' */
  readonly name?: string;
}

const TRIES = 100;
/** In ms. */
const PAUSE = 100;

/** A kafkajs client: silent, and quick to try again. */
export function clientOf({ bootstrap }: Brokers, config: Partial<KafkaConfig> = {}): Kafka {
  return new Kafka({
    brokers: bootstrap.split(','),
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: 60 },
    ...config,
  });
}

export async function withAdmin<T>(brokers: Brokers, use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = clientOf(brokers).admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

/** A name that no other test has: for topics, groups and transactional ids. */
export function freshName(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}

/** Creates a topic of its own, and gives its name once every broker knows it. */
export async function freshTopic(brokers: Brokers, options: TopicOptions = {}): Promise<string> {
  const { partitions = 1, replicas, config = {}, name = 'topic' } = options;
  const topic = freshName(name);
  await createTopics(brokers.bootstrap, [
    {
      topic,
      numPartitions: partitions,
      ...(replicas !== undefined && { replicationFactor: replicas }),
      configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })),
    },
  ]);
  return topic;
}

/** Sends all messages in order, each confirmed by all copies. */
export async function produceAll(
  brokers: Brokers,
  topic: string,
  messages: readonly Message[],
  { perSend = 1_000 }: { readonly perSend?: number } = {},
): Promise<void> {
  const producer = clientOf(brokers).producer({ idempotent: true });
  await patiently(() => producer.connect());
  try {
    for (let i = 0; i < messages.length; i += perSend)
      await producer.send({ topic, messages: messages.slice(i, i + perSend) });
  } finally {
    await producer.disconnect();
  }
}

/** What a group has committed of a topic: the next offset by partition, without the partitions of which it has nothing. */
export function groupOffsets(brokers: Brokers, group: string, topic: string): Promise<Map<number, number>> {
  return withAdmin(brokers, (admin) => committedBy(admin, group, topic));
}

/** As {@link groupOffsets}, for who asks often. */
export async function committedBy(admin: Admin, group: string, topic: string): Promise<Map<number, number>> {
  const [committed] = await patiently(() => admin.fetchOffsets({ groupId: group, topics: [topic] }));
  return new Map(
    (committed?.partitions ?? [])
      .map(({ partition, offset }): [number, number] => [partition, Number(offset)])
      .filter(([, offset]) => offset >= 0)
      .sort(([a], [b]) => a - b),
  );
}

/** kafkajs does not try all things again by itself: not while a group is being loaded, nor to connect to another node. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++)
    try {
      return await ask();
    } catch (error) {
      if (!mayPass(error) || tries === TRIES) throw error;
      await sleep(PAUSE);
    }
}
