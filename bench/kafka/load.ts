import type { Kafka, Message } from 'kafkajs';
import { PARTITIONS } from './setting.ts';

const PER_SEND = 1000;

/** Documents that arrive at random at a given rate, whatever becomes of them. */
export interface SteadyLoad {
  /** When each document came, by its id, in the time of `performance.now()`. */
  readonly arrivals: readonly number[];
  /** Resolves when the broker has all that came until now. */
  stop(): Promise<void>;
}

const TEXT = 'x'.repeat(225);

/** The record of a document: JSON of about 250 bytes. The id says the partition. */
export function documentRecord(id: number): Message {
  return { key: String(id), value: JSON.stringify({ id, text: textOf(id) }), partition: partitionOf(id) };
}

/** The text of the document with an id, odd in length every second time. */
export function textOf(id: number): string {
  return id % 2 === 0 ? TEXT : TEXT.slice(1);
}

/** Where the document with an id lies. */
export function partitionOf(id: number): number {
  return id % PARTITIONS;
}

/** Puts so many records into a topic. */
export async function fill(
  kafka: Kafka,
  topic: string,
  count: number,
  record: (id: number) => Message = documentRecord,
): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  for (let from = 0; from < count; from += PER_SEND) {
    const length = Math.min(PER_SEND, count - from);
    await producer.send({ topic, messages: Array.from({ length }, (_, i) => record(from + i)) });
  }
  await producer.disconnect();
}

/**
 * Sends documents as a Poisson process makes them arrive: so many a second on average. A document has arrived when it was due; that
 * it was sent a moment later counts as part of its way.
 *
 * @param tick milliseconds from one send to the next; Kafka's own producer waits for so long by default
 */
export async function steadyLoad(kafka: Kafka, topic: string, rate: number, tick = 5): Promise<SteadyLoad> {
  const producer = kafka.producer();
  await producer.connect();
  const arrivals: number[] = [];
  const sends = new Set<Promise<unknown>>();
  let next = performance.now();
  const send = (): void => {
    const messages: Message[] = [];
    for (const now = performance.now(); next <= now; next += (-1000 * Math.log(1 - Math.random())) / rate) {
      messages.push(documentRecord(arrivals.length));
      arrivals.push(next);
    }
    if (messages.length === 0) return;
    const sending = producer.send({ topic, messages }).finally(() => sends.delete(sending));
    sends.add(sending);
  };
  const timer = setInterval(send, tick);
  return {
    arrivals,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(sends);
      await producer.disconnect();
    },
  };
}
