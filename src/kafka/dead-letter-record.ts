import type { DeadLetter, Document } from '../document/document.ts';
import type { KafkaHeaders, KafkaRecordToSend } from './client.ts';
import { resendable } from './headers.ts';
import { headerText, type KafkaRecord } from './record.ts';
import { kafkaRecordOf } from './record-of.ts';
import { headersSize } from './record-size.ts';

/** A part of what came, that a dead letter can do without if the broker does not take it for its size. */
export type DeadLetterPart = 'key' | 'value' | 'headers';

/** What came, as far as it is known. */
interface Original {
  readonly key: Buffer | string | null;
  readonly value: Buffer | string | null;
  readonly headers: KafkaHeaders;
}

/** Characters of a reason at most. */
const LONGEST_REASON = 1000;
const POSITIVE_INTEGER = /^[1-9]\d{0,14}$/;

/**
 * The record of a dead letter: key, value and headers as they came, and in further headers why it could not be labelled and where it
 * came from.
 *
 * @param added headers of the user's
 * @param omitted parts that are left out; headers say so
 */
export function deadLetterRecord(
  { document, reason }: DeadLetter,
  added: KafkaHeaders,
  omitted: ReadonlySet<DeadLetterPart>,
): KafkaRecordToSend {
  const kafka = kafkaRecordOf(document);
  const { key, value, headers } = originalOf(document, kafka);
  return {
    key: omitted.has('key') ? null : key,
    value: omitted.has('value') ? null : value,
    headers: {
      ...(omitted.has('headers') ? {} : resendable(headers)),
      ...added,
      'lockstep-code': reason.code,
      'lockstep-reason': oneLine(reason.message),
      'lockstep-attempt': attemptOf(headers),
      ...(kafka && {
        'lockstep-topic': kafka.topic,
        'lockstep-partition': String(kafka.partition),
        'lockstep-offset': kafka.offset,
        'lockstep-timestamp': String(kafka.timestamp),
      }),
      ...(omitted.has('key') && { 'lockstep-key-omitted': String(sizeOf(key)) }),
      ...(omitted.has('value') && { 'lockstep-value-omitted': String(sizeOf(value)) }),
      ...(omitted.has('headers') && { 'lockstep-headers-omitted': String(Object.keys(headers).length) }),
    },
  };
}

/** The part that takes most of the room, of those that are still in; undefined if nothing is left to leave out. */
export function largestPart(
  { document }: DeadLetter,
  omitted: ReadonlySet<DeadLetterPart>,
): DeadLetterPart | undefined {
  const { key, value, headers } = originalOf(document, kafkaRecordOf(document));
  const parts = [
    { part: 'key', size: sizeOf(key) },
    { part: 'value', size: sizeOf(value) },
    { part: 'headers', size: headersSize(headers) },
  ] as const;
  const left = parts.filter(({ part, size }) => size > 0 && !omitted.has(part));
  return left.toSorted((a, b) => b.size - a.size)[0]?.part;
}

function originalOf(document: Document, kafka: KafkaRecord | undefined): Original {
  if (kafka) return kafka;
  const { id, text } = document;
  return { key: id === undefined ? null : String(id), value: JSON.stringify({ id, text }), headers: {} };
}

/** One more than that of a dead letter that was put back into its topic. */
function attemptOf(headers: KafkaHeaders): string {
  const previous = headerText(headers, 'lockstep-attempt') ?? '';
  return String(POSITIVE_INTEGER.test(previous) ? Number(previous) + 1 : 1);
}

function oneLine(message: string): string {
  return message.replace(/[\s\p{Cc}]+/gu, ' ').slice(0, LONGEST_REASON);
}

function sizeOf(data: Buffer | string | null): number {
  return data === null ? 0 : Buffer.byteLength(data);
}
