import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { mayPass } from '../../scripts/kafka/topics.ts';

const PAUSE = 50;

/** How many records were ever written to a topic, of which no record was removed; the marks that transactions leave count too. */
export async function recordsIn(admin: Admin, topic: string): Promise<number> {
  for (;;)
    try {
      const partitions = await admin.fetchTopicOffsets(topic);
      return partitions.reduce((sum, { high }) => sum + Number(high), 0);
    } catch (error) {
      if (!mayPass(error)) throw error;
      await sleep(PAUSE); // the topic is new, and its leader does not know yet
    }
}
