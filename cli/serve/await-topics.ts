import { setTimeout as delay } from 'node:timers/promises';
import { LockstepError } from '../../src/errors.ts';
import { isPermanent, isUnknownTopic } from '../../src/kafka/client-errors.ts';
import type { Logger } from './logger.ts';

/** What can tell whether a topic is there; kafkajs' admin does. */
export interface TopicAdmin {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  fetchTopicMetadata(options: { topics: string[] }): Promise<{ topics: { partitions: unknown[] }[] }>;
}

/** Options of {@link awaitTopics}. */
export interface AwaitTopicsOptions {
  readonly topics: readonly string[];
  readonly log: Logger;
  /** Aborted when there is nothing more to wait for. */
  readonly signal: AbortSignal;
  /** Milliseconds before the second attempt; each further one waits twice as long. @default 1000 */
  readonly initialDelay?: number;
  /** @default 30000 */
  readonly maxDelay?: number;
}

/** What Node says of a certificate that is not in order: nothing gets better by waiting. */
const TLS_FAULT = /certificate|ERR_TLS|ERR_SSL|wrong version number/i;

/**
 * Waits until the cluster can be reached, and gives the number of partitions of each topic. Undefined if that was not to be waited for.
 *
 * @throws LockstepError `INVALID_ARGUMENT` if topics are not there; Error if the brokers will not have us
 */
export async function awaitTopics(
  makeAdmin: () => TopicAdmin,
  { topics, log, signal, initialDelay = 1000, maxDelay = 30_000 }: AwaitTopicsOptions,
): Promise<ReadonlyMap<string, number> | undefined> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      return await partitionsOf(topics, makeAdmin());
    } catch (error) {
      if (error instanceof LockstepError) throw error;
      if (isPermanent(error) || isTlsFault(error)) throw refused(error);
      const retryIn = Math.min(maxDelay, initialDelay * 2 ** attempt);
      log.warn({ err: error, retryIn }, 'no broker can be reached; trying on');
      await delay(retryIn, undefined, { signal }).catch(() => {});
    }
  }
  return undefined;
}

async function partitionsOf(topics: readonly string[], admin: TopicAdmin): Promise<ReadonlyMap<string, number>> {
  const partitions = new Map<string, number>();
  try {
    await admin.connect();
    // One by one: the error for several does not say which is missing.
    for (const topic of topics) {
      const count = await partitionsOfOne(topic, admin);
      if (count !== undefined) partitions.set(topic, count);
    }
  } finally {
    await admin.disconnect().catch(() => {});
  }
  const missing = topics.filter((topic) => !partitions.has(topic));
  if (missing.length === 0) return partitions;
  throw new LockstepError(
    'INVALID_ARGUMENT',
    `Expected topics that are there, but the cluster has no ${missing.join(', ')}: create ${missing.length === 1 ? 'it' : 'them'} first`,
  );
}

async function partitionsOfOne(topic: string, admin: TopicAdmin): Promise<number | undefined> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]?.partitions.length;
  } catch (error) {
    if (isUnknownTopic(error)) return undefined;
    throw error;
  }
}

function refused(cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Error(`The brokers do not let us in: ${why}`, { cause });
}

function isTlsFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return TLS_FAULT.test(`${error.message} ${'code' in error ? error.code : ''}`) || isTlsFault(error.cause);
}
