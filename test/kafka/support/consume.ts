import type { Kafka } from 'kafkajs';
import { type Observable, Subject, Subscription } from 'rxjs';
import { type FromKafkaOptions, fromKafka } from '../../../operators/from-kafka.ts';
import { settle } from '../../../src/document/receipt.ts';
import type { TextDocument } from '../../../src/kafka/decoders.ts';
import type { KafkaSourceEvent } from '../../../src/kafka/events.ts';
import type { FromKafka } from '../../../src/kafka/record.ts';

export type Consumed = TextDocument & FromKafka;

/** Settings under which a consumer notices everything quickly. */
export const QUICK = {
  sessionTimeout: 6000,
  heartbeatInterval: 200,
  maxWaitTimeInMs: 200,
  rebalanceTimeout: 6000,
} as const;

/** What a consumer of a test does, seen from outside. */
export interface Consumption {
  readonly documents: readonly Consumed[];
  readonly events: readonly KafkaSourceEvent[];
  /** Resolves when a document or an event has made something true. */
  until(what: () => boolean): Promise<void>;
  /** The sum of the offsets that it committed for the partitions of a topic. */
  committed(topic: string): number;
  /** How it ended; rejects with the error of the stream. */
  readonly end: Promise<void>;
  /** Ends it in good order. */
  drain(): Promise<void>;
  /** Leaves at once; resolves when the consumer has left the group. */
  unsubscribe(): Promise<void>;
}

/** Options of {@link consume}. */
export interface ConsumeOptions extends Omit<FromKafkaOptions, 'observe' | 'signal'> {
  readonly groupId: string;
  readonly consumer?: Partial<Parameters<Kafka['consumer']>[0]>;
  /** What to do with each document. @default settles it */
  readonly sink?: (document: Consumed) => void;
  readonly stages?: (source: Observable<Consumed>) => Observable<Consumed>;
}

export function consume(
  kafka: Kafka,
  { groupId, consumer, sink = settle, stages = (source) => source, ...options }: ConsumeOptions,
): Consumption {
  const documents: Consumed[] = [];
  const events: KafkaSourceEvent[] = [];
  const changes = new Subject<void>();
  const abort = new AbortController();
  const observe = (event: KafkaSourceEvent): void => {
    events.push(event);
    changes.next();
  };
  const source = fromKafka(() => kafka.consumer({ ...QUICK, ...consumer, groupId }), {
    ...options,
    observe,
    signal: abort.signal,
  });
  const subscription = new Subscription();
  const end = new Promise<void>((resolve, reject) => {
    subscription.add(
      stages(source).subscribe({
        next: (document) => {
          documents.push(document);
          sink(document);
          changes.next();
        },
        error: reject,
        complete: resolve,
      }),
    );
  });
  // Whoever waits for the end hears of it; the others are not to fall over an error that they do not expect.
  end.catch(() => changes.error(new Error('the consumer errored')));
  const until = (what: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      if (what()) return resolve();
      const waiting = changes.subscribe({
        next: () => {
          if (!what()) return;
          waiting.unsubscribe();
          resolve();
        },
        error: () => end.catch(reject),
      });
    });
  return {
    documents,
    events,
    until,
    committed(topic) {
      const offsets = new Map<number, number>();
      for (const event of events)
        if (event.type === 'commit')
          for (const each of event.offsets) if (each.topic === topic) offsets.set(each.partition, each.offset);
      return [...offsets.values()].reduce((sum, offset) => sum + offset, 0);
    },
    end,
    async drain() {
      abort.abort();
      await end;
    },
    async unsubscribe() {
      subscription.unsubscribe();
      await until(() => events.some(({ type }) => type === 'stop'));
    },
  };
}
