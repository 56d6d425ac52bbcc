import type { Document } from '../document/document.ts';
import { describe } from '../errors.ts';
import type { KafkaHeaders, KafkaRecordToSend } from './client.ts';
import { checkedHeaders, type Headers, traceOf } from './headers.ts';
import type { KafkaRecord } from './record.ts';
import { kafkaRecordOf } from './record-of.ts';

/** A record and where it goes. */
export interface Message {
  readonly topic: string;
  readonly record: KafkaRecordToSend;
}

/** What the record of a document is made of. */
export interface MessageOptions<D> {
  readonly topic: string | ((document: D) => string);
  readonly encode: (document: D) => unknown;
  readonly key: ((document: D) => Buffer | string | null) | undefined;
  readonly headers: ((document: D) => KafkaHeaders) | undefined;
  readonly timestamp: ((document: D) => number) | undefined;
  readonly partition: ((document: D) => number) | undefined;
}

/** A record under construction. */
type Draft = { -readonly [K in keyof KafkaRecordToSend]: KafkaRecordToSend[K] };

/**
 * What makes a record of each document. It checks what the functions give, for a client does not, and may then fail as if the broker
 * were down.
 */
export function messageOf<D extends Document>(options: MessageOptions<D>): (document: D) => Message {
  const { topic, encode, key, timestamp, partition } = options;
  return (document) => {
    const kafka = kafkaRecordOf(document);
    const record: Draft = {
      key: key ? checkedKey(key(document)) : defaultKey(document, kafka),
      value: encodedValue(encode(document)),
    };
    const headers = headersOf(options, document, kafka);
    if (headers) record.headers = headers;
    if (timestamp) record.timestamp = String(checkedNumber('timestamp', timestamp(document)));
    if (partition) record.partition = checkedNumber('partition', partition(document));
    return { topic: typeof topic === 'string' ? topic : checkedTopic(topic(document)), record };
  };
}

function headersOf<D>(
  { headers }: MessageOptions<D>,
  document: D,
  kafka: KafkaRecord | undefined,
): Headers | undefined {
  const trace = kafka && traceOf(kafka.headers);
  return headers ? { ...trace, ...checkedHeaders(headers(document)) } : trace;
}

function defaultKey({ id }: Document, kafka: KafkaRecord | undefined): Buffer | string | null {
  return kafka?.key ?? (id === undefined ? null : String(id));
}

function checkedKey(key: unknown): Buffer | string | null {
  if (key === null || key === undefined) return null;
  if (typeof key === 'string' || Buffer.isBuffer(key)) return key;
  throw new TypeError(`expected \`key\` to give a string, a Buffer or null, got ${describe(key)}`);
}

function encodedValue(value: unknown): Buffer | string | null {
  if (typeof value === 'string' || value === null || Buffer.isBuffer(value)) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const json: string | undefined = JSON.stringify(value);
  if (json === undefined)
    throw new TypeError(`expected \`encode\` to give a string, bytes or what JSON can hold, got ${describe(value)}`);
  return json;
}

function checkedTopic(topic: unknown): string {
  if (typeof topic === 'string' && topic !== '') return topic;
  throw new TypeError(`expected \`topic\` to give the name of a topic, got ${describe(topic)}`);
}

function checkedNumber(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new TypeError(`expected \`${name}\` to give an integer of at least 0, got ${describe(value)}`);
}
