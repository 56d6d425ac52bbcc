import type { KafkaHeaders, KafkaHeaderValue, KafkaRecordToSend } from './client.ts';

/** What a record takes besides, at most: its lengths, offset, timestamp and attributes. */
const FRAME = 36;
/** What a header takes besides, at most: two lengths. */
const HEADER_FRAME = 10;

/** Bytes of a request at most, a little below what a broker takes by default; a single record may be larger, and goes alone. */
export const MAX_REQUEST_BYTES = 900_000;

/** Bytes that a record takes at most, uncompressed. */
export function recordSize({ key, value, headers }: KafkaRecordToSend): number {
  return FRAME + bytesOf(key) + bytesOf(value) + (headers ? headersSize(headers) : 0);
}

/** Bytes that headers take at most. */
export function headersSize(headers: KafkaHeaders): number {
  let size = 0;
  for (const [name, values] of Object.entries(headers))
    for (const value of Array.isArray(values) ? values : [values])
      size += HEADER_FRAME + Buffer.byteLength(name) + bytesOf(value);
  return size;
}

function bytesOf(data: Exclude<KafkaHeaderValue, unknown[]> | null): number {
  if (typeof data === 'string') return Buffer.byteLength(data);
  return data?.length ?? 0;
}
