import { setTimeout as sleep } from 'node:timers/promises';
import { type Brokers, clientOf } from '../support/client.ts';
import { messageOf } from './documents.ts';

/** What is to be sent, and how fast. */
export interface LoadOptions {
  readonly brokers: Brokers;
  readonly topic: string;
  /** How many documents, with ids from 0 on. */
  readonly documents: number;
  /** Over how many seconds they are spread, at least; after the broker was away, what is late comes as fast as it can. */
  readonly seconds: number;
  /** Which part of them may have been sent by now. */
  readonly allowed: () => number;
  /** Hears how many the broker has confirmed. */
  readonly sent: (documents: number) => void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Milliseconds from one request to the next. */
const EVERY = 50;
const MOST_A_REQUEST = 2_000;

/** Sends documents, each once and in the order of their ids, however often the broker goes away meanwhile. */
export async function load({ brokers, topic, documents, seconds, allowed, sent, signal }: LoadOptions): Promise<void> {
  const retry = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 300 };
  const producer = clientOf(brokers, { retry }).producer({ idempotent: true, maxInFlightRequests: 1, retry });
  await producer.connect();
  const started = performance.now();
  try {
    for (let next = 0; next < documents && !signal.aborted; ) {
      const share = Math.min(allowed(), (performance.now() - started) / (seconds * 1000));
      const due = Math.ceil(documents * share);
      const end = Math.min(documents, next + MOST_A_REQUEST, due);
      if (end > next) {
        const messages = Array.from({ length: end - next }, (_, i) => messageOf(next + i));
        await producer.send({ topic, messages, acks: -1 });
        next = end;
        sent(next);
      }
      if (next >= due) await sleep(EVERY);
    }
  } finally {
    await producer.disconnect();
  }
}
