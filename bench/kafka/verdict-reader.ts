import type { Kafka } from 'kafkajs';
import { freshName } from '../../test/kafka/support/client.ts';

/** What a worker or a peer writes. */
export interface ParityVerdict {
  readonly id: number;
  readonly label: string;
}

/** When a verdict came, in the time of `performance.now()`, and the timestamp of its record. */
export interface Coming {
  readonly now: number;
  readonly timestamp: number;
}

/**
 * A plain reader of verdicts: it sees what has been committed.
 *
 * @returns a function that ends it
 */
export async function readVerdicts(
  kafka: Kafka,
  topic: string,
  seen: (verdict: ParityVerdict, coming: Coming) => void,
): Promise<() => Promise<void>> {
  const consumer = kafka.consumer({ groupId: freshName('reader'), maxWaitTimeInMs: 500 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const joined = new Promise<void>((resolve) => consumer.on('consumer.group_join', () => resolve()));
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      const now = performance.now();
      for (const { value, timestamp } of batch.messages)
        seen(JSON.parse(String(value)), { now, timestamp: Number(timestamp) });
    },
  });
  await joined;
  return () => consumer.disconnect();
}
