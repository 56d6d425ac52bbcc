import { invalidArgument, LockstepError } from '../../errors.ts';
import { BitReader, BitWriter } from './bits.ts';

/** How many numbers there are, in 4 bytes, little-endian, and the parameter of the code. */
const HEAD = 5;

/**
 * A set of whole numbers below 2^bits, as a Golomb-coded set: the gaps between the numbers, each as a quotient by 2^k in unary and
 * its remainder in k bits, with the k that suits the mean gap. Of n numbers drawn by chance each takes about
 * log2(2^bits / n) + 1.5 bits, within a tenth of a bit of the least there can be.
 *
 * Source: S. Golomb, Run-length encodings, IEEE Transactions on Information Theory 12, 1966; R. Rice, Some practical universal
 * noiseless coding techniques, JPL 79-22, 1979.
 *
 * @param sorted ascending, each different
 * @param bits 1 to 32
 * @throws LockstepError `INVALID_ARGUMENT` if they are not ascending and below 2^bits.
 */
export function encodeSet(sorted: ArrayLike<number>, bits: number): Uint8Array {
  const parameter = parameterOf(sorted.length, bits);
  const writer = new BitWriter();
  let next = 0;
  for (let i = 0; i < sorted.length; i++) {
    const value = sorted[i] ?? 0;
    if (!(Number.isInteger(value) && value >= next && value < 2 ** bits))
      throw invalidArgument(`sorted[${i}]`, `a whole number from ${next} to below 2^${bits}`, value);
    const gap = value - next;
    writer.writeUnary(Math.floor(gap / 2 ** parameter));
    writer.write(gap % 2 ** parameter, parameter);
    next = value + 1;
  }
  const stream = writer.finish();
  const bytes = Buffer.alloc(HEAD + stream.length);
  bytes.writeUInt32LE(sorted.length);
  bytes.writeUInt8(parameter, HEAD - 1);
  bytes.set(stream, HEAD);
  return bytes;
}

/**
 * The numbers of a set, ascending.
 *
 * @throws LockstepError `INVALID_ENSEMBLE` if the bytes are no set of numbers below 2^bits.
 */
export function decodeSet(bytes: Uint8Array, bits: number): Uint32Array {
  if (bytes.length < HEAD) throw broken(`it has ${bytes.length} bytes`);
  const head = new DataView(bytes.buffer, bytes.byteOffset, HEAD);
  const count = head.getUint32(0, true);
  const parameter = head.getUint8(HEAD - 1);
  if (parameter > bits) throw broken(`its gaps would have ${parameter} bits`);
  const stream = bytes.subarray(HEAD);
  if (count * (1 + parameter) > stream.length * 8) throw broken(`${stream.length} bytes cannot hold ${count} numbers`);
  const reader = new BitReader(stream);
  const values = new Uint32Array(count);
  let next = 0;
  for (let i = 0; i < count; i++) {
    const value = next + reader.readUnary() * 2 ** parameter + reader.read(parameter);
    if (value >= 2 ** bits) throw broken(`a number is not below 2^${bits}`);
    values[i] = value;
    next = value + 1;
  }
  if (!reader.isDone) throw broken('more follows behind the last number');
  return values;
}

/** For gaps of the mean m, spread geometrically, about m × ln 2 is the best divisor. */
function parameterOf(count: number, bits: number): number {
  return Math.max(0, Math.round(Math.log2((2 ** bits / Math.max(count, 1)) * Math.LN2)));
}

function broken(why: string): LockstepError {
  return new LockstepError('INVALID_ENSEMBLE', `Expected a Golomb-coded set, but ${why}`);
}
