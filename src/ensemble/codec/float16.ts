const FLOAT = new Float32Array(1);
const WORD = new Uint32Array(FLOAT.buffer);
/** The largest finite number of 16 bits. */
export const LARGEST_FLOAT16 = 65504;

/** The 16 bits of the half-precision number (IEEE 754 binary16) next to a number of 32 bits; of two as near, the even one. */
export function toFloat16(value: number): number {
  FLOAT[0] = value;
  const bits = WORD[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // not a number
  if (magnitude >= 0x47800000) return sign | 0x7c00; // from 2^16 on: infinity
  if (magnitude < 0x38800000) return sign | nearestEven(Math.abs(FLOAT[0] ?? 0) * 2 ** 24); // below 2^-14: no exponent
  const halfway = 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((magnitude - 0x38000000 + halfway) >>> 13);
}

/** The number that 16 bits stand for. */
export function fromFloat16(bits: number): number {
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function nearestEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
