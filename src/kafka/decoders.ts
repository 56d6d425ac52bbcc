import type { Document } from '../document/document.ts';
import { invalidArgument } from '../errors.ts';
import { idAt, type JsonRecord, parseRecord, textAt } from '../sources/json-record.ts';
import type { KafkaRecord } from './record.ts';

/**
 * Makes a document of a record. What it throws is the reason why that record is a dead letter. It gives null for a record that is to
 * be passed over, as a tombstone may be.
 */
export type KafkaDecoder<D extends Document> = (record: KafkaRecord) => D | null;

/** A document whose text is the value of a record. */
export interface TextDocument {
  readonly text: string;
  readonly id: string;
}

/** A document out of a JSON object. */
export interface JsonValueDocument {
  readonly text: string;
  readonly id: string | number;
  /** All that the value holds. */
  readonly record: JsonRecord;
}

/** What {@link text} and {@link json} do with a record without a value. */
export interface DecoderOptions {
  /**
   * A tombstone, the record without a value that deletes a key from a compacted topic: pass it over in the knowledge that it carries no
   * text, or make it a dead letter. @default 'skip'
   */
  readonly tombstones?: 'skip' | 'dead-letter' | undefined;
}

/** Options of {@link json}. */
export interface JsonDecoderOptions extends DecoderOptions {
  /** The field with the identity; a record that has none gets `topic/partition/offset`. @default 'id' */
  readonly id?: string | undefined;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const BYTE_ORDER_MARK = 0xfeff;

/**
 * Decodes a value that is UTF-8 text; its identity is `topic/partition/offset`.
 *
 * @example
 * ```ts
 * fromKafka(kafka.consumer({ groupId: 'labels' }), { topic: 'headlines', decode: text() });
 * ```
 */
export function text(options: DecoderOptions = {}): KafkaDecoder<TextDocument> {
  return decoder(options, (value, record) => ({ text: value, id: identityOf(record) }));
}

/**
 * Decodes a value that is a JSON object in UTF-8.
 *
 * @param field the field that holds the text; dots lead into fields within fields: `'body.title'`
 * @example
 * ```ts
 * fromKafka(kafka.consumer({ groupId: 'labels' }), { topic: 'articles', decode: json('body.title', { id: 'url' }) });
 * ```
 * @throws LockstepError `INVALID_ARGUMENT` if a field is not a name
 */
export function json(
  field = 'text',
  { id = 'id', ...options }: JsonDecoderOptions = {},
): KafkaDecoder<JsonValueDocument> {
  for (const [name, value] of Object.entries({ field, id }))
    if (typeof value !== 'string' || value === '') throw invalidArgument(name, 'the name of a field', value);
  return decoder(options, (value, record) => {
    const object = parseRecord(value);
    return { text: textAt(object, field), id: idAt(object, id) ?? identityOf(record), record: object };
  });
}

/** Where a record stands; it stays the same when it comes again. */
export function identityOf({ topic, partition, offset }: KafkaRecord): string {
  return `${topic}/${partition}/${offset}`;
}

function decoder<D extends Document>(
  { tombstones = 'skip' }: DecoderOptions,
  make: (value: string, record: KafkaRecord) => D,
): KafkaDecoder<D> {
  if (tombstones !== 'skip' && tombstones !== 'dead-letter')
    throw invalidArgument('tombstones', 'skip or dead-letter', tombstones);
  return (record) => {
    if (record.value !== null) return make(decodeUtf8(record.value), record);
    if (tombstones === 'skip') return null;
    throw new Error('it has no value: it is a tombstone');
  };
}

/** `toString` is several times as fast as `TextDecoder`, and shows what it could not read as U+FFFD: only then look closer. */
function decodeUtf8(value: Buffer): string {
  const decoded = value.toString('utf8');
  if (decoded.includes('\uFFFD')) checkUtf8(value);
  return decoded.charCodeAt(0) === BYTE_ORDER_MARK ? decoded.slice(1) : decoded;
}

function checkUtf8(value: Buffer): void {
  try {
    utf8.decode(value);
  } catch (cause) {
    throw new Error('it is not UTF-8', { cause });
  }
}
