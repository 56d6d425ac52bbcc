// As much of the wire format of Protocol Buffers as it takes to write a message.

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

/** A message, or a part of one. */
export type Encoded = Uint8Array<ArrayBuffer>;

/** A field with an integer of at least 0. */
export function integer(field: number, value: number): Encoded {
  return concat([varint((field << 3) | VARINT), varint(value)]);
}

/** A field with a float32. */
export function float(field: number, value: number): Encoded {
  return concat([varint((field << 3) | FIXED32), new Uint8Array(Float32Array.of(value).buffer)]);
}

/** A field with bytes, or with a message. */
export function bytes(field: number, value: Uint8Array): Encoded {
  return concat([varint((field << 3) | BYTES), varint(value.length), value]);
}

/** A field with a string. */
export function text(field: number, value: string): Encoded {
  return bytes(field, new TextEncoder().encode(value));
}

/** Fields one after another: a message. */
export function concat(parts: readonly Uint8Array[]): Encoded {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function varint(value: number): Encoded {
  const digits: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) digits.push((rest % 0x80) | 0x80);
  return Uint8Array.of(...digits, rest);
}
