import { LockstepError } from '../../errors.ts';

/** Writes numbers of a few bits each, one behind the other, the highest bit first. */
export class BitWriter {
  #bytes = new Uint8Array(1024);
  /** In bits. */
  #length = 0;

  /** @param bits 0 to 32; `value` is a whole number below 2^bits */
  write(value: number, bits: number): void {
    this.#reserve(bits);
    for (let left = bits; left > 0; ) {
      const free = 8 - (this.#length & 7);
      const taken = Math.min(free, left);
      const part = (value >>> (left - taken)) & (2 ** taken - 1);
      const at = this.#length >>> 3;
      this.#bytes[at] = (this.#bytes[at] ?? 0) | (part << (free - taken));
      this.#length += taken;
      left -= taken;
    }
  }

  /** `value` ones and a zero. */
  writeUnary(value: number): void {
    for (let left = value; left > 0; left -= Math.min(left, 32)) this.write(0xffffffff, Math.min(left, 32));
    this.write(0, 1);
  }

  /** What was written, with zeros up to the next whole byte. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, Math.ceil(this.#length / 8));
  }

  #reserve(bits: number): void {
    if (this.#length + bits <= this.#bytes.length * 8) return;
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** Reads what a {@link BitWriter} wrote. */
export class BitReader {
  readonly #bytes: Uint8Array;
  /** In bits. */
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @throws LockstepError `INVALID_ENSEMBLE` if the bytes end before. */
  read(bits: number): number {
    if (this.#at + bits > this.#bytes.length * 8)
      throw new LockstepError(
        'INVALID_ENSEMBLE',
        `it ends after ${this.#bytes.length} bytes, in the middle of a number`,
      );
    let value = 0;
    for (let left = bits; left > 0; ) {
      const free = 8 - (this.#at & 7);
      const taken = Math.min(free, left);
      const byte = this.#bytes[this.#at >>> 3] ?? 0;
      value = (value << taken) | ((byte >>> (free - taken)) & (2 ** taken - 1));
      this.#at += taken;
      left -= taken;
    }
    return value >>> 0;
  }

  /** @throws LockstepError `INVALID_ENSEMBLE` if the bytes end before. */
  readUnary(): number {
    let value = 0;
    while (this.read(1) === 1) value++;
    return value;
  }

  /** Whether all was read but the zeros that fill the last byte. */
  get isDone(): boolean {
    const left = this.#bytes.length * 8 - this.#at;
    const last = this.#bytes.at(-1) ?? 0;
    return left < 8 && (last & (2 ** left - 1)) === 0;
  }
}

/** Numbers below 2^bits, side by side; `bits` is 1 to 8. */
export function packBits(values: Uint8Array, bits: number): Uint8Array {
  const writer = new BitWriter();
  for (const value of values) writer.write(value, bits);
  return writer.finish();
}

/**
 * The numbers that {@link packBits} put side by side.
 *
 * @throws LockstepError `INVALID_ENSEMBLE` if there are fewer or more than `count`.
 */
export function unpackBits(bytes: Uint8Array, bits: number, count: number): Uint8Array {
  if (bytes.length !== Math.ceil((count * bits) / 8))
    throw new LockstepError('INVALID_ENSEMBLE', `${count} numbers of ${bits} bits cannot have ${bytes.length} bytes`);
  const values = new Uint8Array(count);
  const mask = 2 ** bits - 1;
  let next = 0;
  let window = 0; // of the bits that were fetched, the last ones are still to be handed out: so many
  let left = 0;
  for (let i = 0; i < count; i++) {
    if (left < bits) {
      window = ((window << 8) | (bytes[next++] ?? 0)) & 0xffff;
      left += 8;
    }
    left -= bits;
    values[i] = (window >>> left) & mask;
  }
  return values;
}
