import type { KafkaHeaders, KafkaHeaderValue } from './client.ts';
import type { Delivery } from './delivery.ts';

/** A record of a topic, as it came. */
export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  /** A 64-bit integer, as digits. */
  readonly offset: string;
  /** When it was written, in milliseconds since the epoch. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  /** Null for a tombstone. */
  readonly value: Buffer | null;
  readonly headers: KafkaHeaders;
}

/** What a document of `fromKafka` carries besides its text. */
export interface FromKafka {
  readonly kafka: KafkaRecord;
}

/** A record that `fromKafka` emitted: it knows its delivery, by which transactions find their partition. */
export class ConsumedRecord implements KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: KafkaHeaders;
  readonly #delivery: Delivery;

  constructor(
    { topic, partition }: { readonly topic: string; readonly partition: number },
    message: {
      readonly offset: string;
      readonly timestamp: string;
      readonly key: Buffer | null;
      readonly value: Buffer | null;
      readonly headers?: KafkaHeaders;
    },
    delivery: Delivery,
  ) {
    this.topic = topic;
    this.partition = partition;
    this.offset = message.offset;
    this.timestamp = Number(message.timestamp);
    this.key = message.key;
    this.value = message.value;
    this.headers = message.headers ?? NO_HEADERS;
    this.#delivery = delivery;
  }

  /** How a record came to us; undefined if it did not come from `fromKafka`. */
  static deliveryOf(record: KafkaRecord | undefined): Delivery | undefined {
    return typeof record === 'object' && record !== null && #delivery in record ? record.#delivery : undefined;
  }
}

const NO_HEADERS: KafkaHeaders = Object.freeze({});

/** The first value of a header as text; undefined if there is none. */
export function headerText(headers: KafkaHeaders, name: string): string | undefined {
  if (!Object.hasOwn(headers, name)) return undefined;
  const value: KafkaHeaderValue = headers[name];
  const first = Array.isArray(value) ? value[0] : value;
  return first?.toString();
}
