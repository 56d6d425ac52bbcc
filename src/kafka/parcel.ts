import type { KafkaRecordToSend } from './client.ts';

/** What goes into a parcel. */
interface Sendable {
  readonly topic: string;
  readonly record: KafkaRecordToSend;
}

/** Records by the number of their partition, as kafkajs divides those of a topic. */
type Division = Record<string, KafkaRecordToSend[]>;

/** The partition that each record was given when it was sent before. */
export type Pins = WeakMap<KafkaRecordToSend, number>;

/**
 * The records of one request, and what became of each.
 *
 * kafkajs 2.2.4 can report success for records that it has sent nowhere. When one broker of several fails, it tries again with those
 * that have not answered: a partition whose new leader has answered already is passed over (tulios/kafkajs#1303, #1798), and records
 * without a key get another partition each time. A record for a partition that does not exist is left out from the start. So the list
 * of each topic's records notes how they were divided among the partitions, divides them the same way when it is asked again, and
 * whatever the answer does not confirm is known. What is sent again is sent to the same partition, where the broker knows the records
 * of an idempotent producer again. A client that divides them by other means than `reduce` gets plain arrays.
 */
export class Parcel<S extends Sendable> {
  readonly items: readonly S[];
  readonly topicMessages: { topic: string; messages: KafkaRecordToSend[] }[];
  readonly #pins: Pins;
  readonly #divisions = new Map<string, Division>();

  constructor(items: readonly S[], pins: Pins = new WeakMap()) {
    this.items = items;
    this.#pins = pins;
    this.topicMessages = Array.from(byTopic(items, pins), ([topic, messages]) => {
      this.#watch(topic, messages);
      return { topic, messages };
    });
  }

  /** Sees to it that what is sent again goes to the same partitions. */
  pin(): void {
    for (const division of this.#divisions.values())
      for (const [partition, records] of Object.entries(division))
        for (const record of records) this.#pins.set(record, Number(partition));
  }

  /**
   * Which of them the client has sent, and which it has left out although it says nothing of it.
   *
   * @param answer of `sendBatch`: for kafkajs a list of `{ topicName, partition }`
   */
  sorted(answer: unknown): { readonly sent: readonly S[]; readonly leftOut: readonly S[] } {
    const places = this.#places();
    const answered = new Set(Array.isArray(answer) ? answer.map(answeredPlace) : places);
    if (places.every((place) => answered.has(place))) return { sent: this.items, leftOut: [] };
    this.pin();
    const sent: S[] = [];
    const leftOut: S[] = [];
    for (const item of this.items) (answered.has(this.placeOf(item)) ? sent : leftOut).push(item);
    return { sent, leftOut };
  }

  /**
   * Smaller pieces, if there is more than one item: those of each partition, for the broker takes or refuses them together and may have
   * taken those of all partitions but one; else two halves. They are pinned.
   */
  split(): readonly (readonly S[])[] {
    this.pin();
    const pieces = new Map<string, S[]>();
    for (const item of this.items) {
      const place = this.placeOf(item);
      const piece = pieces.get(place);
      if (piece) piece.push(item);
      else pieces.set(place, [item]);
    }
    if (pieces.size > 1) return [...pieces.values()];
    const half = Math.ceil(this.items.length / 2);
    return [this.items.slice(0, half), this.items.slice(half)];
  }

  /** The partitions that have got something, as far as they are known. */
  #places(): string[] {
    return Array.from(this.#divisions, ([topic, division]) =>
      Object.keys(division).map((partition) => `${topic}/${partition}`),
    ).flat();
  }

  /** Topic and partition of an item that is pinned. */
  placeOf({ topic, record }: S): string {
    return `${topic}/${this.#pins.get(record)}`;
  }

  #watch(topic: string, messages: KafkaRecordToSend[]): void {
    const value = (...args: readonly unknown[]): unknown => {
      const known = this.#divisions.get(topic);
      if (known && isPlain(args[1])) return known;
      const result: unknown = Reflect.apply(Array.prototype.reduce, messages, args);
      if (isDivision(result)) this.#divisions.set(topic, result);
      return result;
    };
    Object.defineProperty(messages, 'reduce', { value });
  }
}

function byTopic(items: readonly Sendable[], pins: Pins): Map<string, KafkaRecordToSend[]> {
  const topics = new Map<string, KafkaRecordToSend[]>();
  for (const { topic, record } of items) {
    const partition = pins.get(record);
    const message = partition === undefined ? record : { ...record, partition };
    const messages = topics.get(topic);
    if (messages) messages.push(message);
    else topics.set(topic, [message]);
  }
  return topics;
}

function answeredPlace(place: unknown): string | undefined {
  if (typeof place !== 'object' || place === null) return undefined;
  return 'topicName' in place && 'partition' in place ? `${place.topicName}/${place.partition}` : undefined;
}

function isDivision(value: unknown): value is Division {
  return isPlain(value) && Object.values(value).every(Array.isArray);
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
