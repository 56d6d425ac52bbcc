import { expect } from 'chai';
import { identity, type MonoTypeOperatorFunction, Subscription } from 'rxjs';
import { type FromKafkaOptions, fromKafka } from '../../operators/from-kafka.ts';
import type { Receipt } from '../../src/document/document.ts';
import { receiptOf } from '../../src/document/receipt.ts';
import type { KafkaConsumer } from '../../src/kafka/client.ts';
import { type KafkaDecoder, text } from '../../src/kafka/decoders.ts';
import type { KafkaSourceEvent } from '../../src/kafka/events.ts';
import type { FromKafka } from '../../src/kafka/record.ts';
import { FakeBroker } from './fake-broker.ts';
import { FakeConsumer, type FakeConsumerOptions } from './fake-consumer.ts';
import { FakeTime } from './fake-time.ts';

interface FakeDocument {
  readonly text: string;
  readonly id: string | number;
}

/** A document that came out of the source, and what a sink may do with it. */
export interface Emitted {
  readonly document: FakeDocument & FromKafka;
  readonly text: string;
  readonly partition: number;
  readonly offset: number;
  readonly receipt: Receipt;
}

interface FakeSourceOptions {
  readonly partitions?: number;
  readonly nodes?: number;
  readonly consumer?: FakeConsumerOptions;
  readonly source?: Partial<FromKafkaOptions> & { readonly decode?: KafkaDecoder<FakeDocument> };
  /** Called with each document, from within `next`. */
  readonly next?: (emitted: Emitted, source: FakeSource) => void;
  /** What comes after `fromKafka`. @default nothing */
  readonly pipe?: MonoTypeOperatorFunction<FakeDocument & FromKafka>;
  /** What is handed to `fromKafka`. @default the one consumer */
  readonly given?: (consumer: FakeConsumer) => KafkaConsumer | (() => KafkaConsumer);
}

/** `fromKafka` with a fake broker, in fake time, and all that it did. */
export class FakeSource {
  readonly time: FakeTime = new FakeTime(1_000_000);
  readonly broker: FakeBroker;
  readonly consumer: FakeConsumer;
  readonly events: KafkaSourceEvent[] = [];
  readonly emitted: Emitted[] = [];
  readonly abort: AbortController = new AbortController();
  subscription: Subscription = new Subscription();
  error: unknown;
  completed = false;
  readonly #options: FakeSourceOptions;
  readonly #observable: ReturnType<typeof fromKafka<FakeDocument>>;

  constructor(options: FakeSourceOptions = {}) {
    const { partitions = 1, nodes = 1, consumer, source, given = (each) => each } = options;
    this.#options = options;
    this.broker = new FakeBroker({ partitions, nodes });
    this.consumer = new FakeConsumer(this.broker, this.time, consumer);
    this.#observable = fromKafka(given(this.consumer), {
      topic: this.broker.topic,
      decode: text(),
      scheduler: this.time,
      observe: (event) => void this.events.push(event),
      signal: this.abort.signal,
      ...source,
    });
  }

  subscribe(): this {
    this.subscription = this.#observable.pipe(this.#options.pipe ?? identity).subscribe({
      next: (document) => this.#next(document),
      error: (error: unknown) => {
        this.error = error;
      },
      complete: () => {
        this.completed = true;
      },
    });
    return this;
  }

  /** Appends records to a partition: their values are `p/i`. */
  produce(count: number, partition = 0): this {
    const log = this.broker.log(partition);
    for (let i = 0; i < count; i++) log.append(`${partition}/${log.end}`);
    return this;
  }

  get texts(): string[] {
    return this.emitted.map(({ text }) => text);
  }

  eventsOf<T extends KafkaSourceEvent['type']>(type: T): Extract<KafkaSourceEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<KafkaSourceEvent, { type: T }> => event.type === type);
  }

  /** What has not been settled. */
  get unsettled(): Emitted[] {
    return this.emitted.filter(({ receipt: { settled } }) => !settled);
  }

  /** Acknowledges all that is not settled. */
  acknowledge(): void {
    for (const each of this.unsettled) each.receipt.acknowledge();
  }

  /** Nothing of it is left: no timer, no listener, no place in the group. */
  expectGone(): void {
    expect(this.time.waiting, 'timers').to.equal(0);
    expect(this.consumer.listeners, 'listeners').to.equal(0);
    expect(this.broker.hasMember, 'member').to.equal(false);
  }

  #next(document: FakeDocument & FromKafka): void {
    const given = receiptOf(document);
    if (!given) throw new Error('a document came without a receipt');
    const { partition, offset } = document.kafka;
    const emitted = { document, text: document.text, partition, offset: Number(offset), receipt: given };
    this.emitted.push(emitted);
    this.#options.next?.(emitted, this);
  }
}
