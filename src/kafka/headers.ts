import { describe } from '../errors.ts';
import type { KafkaHeaders, KafkaHeaderValue } from './client.ts';

/** Headers as they are built: what is sent must be writable, for instrumentation of the client adds to it. */
export type Headers = Record<string, KafkaHeaderValue>;

/** Headers of W3C's trace context: they pass through. */
const TRACE = ['traceparent', 'tracestate'] as const;
const EMPTY = Buffer.alloc(0);

/** The trace context of a record; undefined if it has none. */
export function traceOf(headers: KafkaHeaders): Headers | undefined {
  let trace: Headers | undefined;
  for (const name of TRACE) {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (value === undefined || value === null) continue;
    trace ??= {};
    trace[name] = value;
  }
  return trace;
}

/**
 * Headers of a record that came, so that they can be sent: kafkajs hands out a header without a value as null, and fails to send one.
 * It is sent as one of no bytes.
 */
export function resendable(headers: KafkaHeaders): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map((each) => each ?? EMPTY) : (value ?? EMPTY),
    ]),
  );
}

/** Checks what a function of the user's gave for headers; those that are undefined are left out. */
export function checkedHeaders(headers: unknown): Headers {
  if (headers === undefined || headers === null) return {};
  if (typeof headers !== 'object' || Array.isArray(headers))
    throw new TypeError(`expected \`headers\` to give an object, got ${describe(headers)}`);
  return Object.fromEntries(
    Object.entries(headers).filter(([name, value]) => {
      if (value === undefined || isHeaderValue(value)) return value !== undefined;
      throw new TypeError(`expected \`headers\` to give strings and Buffers, got ${describe(value)} for ${name}`);
    }),
  );
}

function isHeaderValue(value: unknown): value is KafkaHeaderValue {
  return Array.isArray(value) ? value.every(isBytes) : isBytes(value);
}

function isBytes(value: unknown): value is Buffer | string {
  return typeof value === 'string' || Buffer.isBuffer(value);
}
