// The product of a matrix of 16-bit integers with weights of 16-bit integers: eight multiplications and four additions an instruction.

/** Outputs that are computed side by side. */
export const COLUMNS: usize = 8;

/**
 * Weights of a product, packed: for each block of eight outputs, for each pair of inputs, the pair of each output in turn, 32 bytes.
 * `scales` has a factor an output, by which an integer weight becomes what it stands for; `bias` is added at the end.
 */
@unmanaged
export class Weights {
  values!: usize;
  scales!: usize;
  bias!: usize;
  /** Inputs, even. */
  inputs!: u32;
  /** Outputs, a multiple of eight. */
  outputs!: u32;
  /** What inputs are rounded to at most, so that no sum overflows. */
  limit!: f32;
}

/**
 * out[row, column] = scale · Σ x[row, input] · w[input, column] + bias[column], for `rows` rows; row `r` of `x` begins `stride` bytes after
 * the one before, so that rows may overlap: a convolution is a product whose rows are windows. `out` has `outputs` floats a row.
 */
export function product(x: usize, stride: usize, rows: usize, scale: f32, weights: Weights, out: usize): void {
  const outputs: usize = weights.outputs;
  const block: usize = (<usize>weights.inputs) * COLUMNS * 2;
  const outStride = outputs * 4;
  for (let column: usize = 0; column < outputs; column += COLUMNS) {
    const w = weights.values + (column / COLUMNS) * block;
    const scaleLow = f32x4.mul(f32x4.splat(scale), v128.load(weights.scales + column * 4));
    const scaleHigh = f32x4.mul(f32x4.splat(scale), v128.load(weights.scales + column * 4, 16));
    const biasLow = v128.load(weights.bias + column * 4);
    const biasHigh = v128.load(weights.bias + column * 4, 16);
    let row: usize = 0;
    for (; row + 4 <= rows; row += 4) {
      let a = x + row * stride;
      let b = a + stride;
      let c = b + stride;
      let d = c + stride;
      let a0 = i32x4.splat(0), a1 = i32x4.splat(0), b0 = i32x4.splat(0), b1 = i32x4.splat(0);
      let c0 = i32x4.splat(0), c1 = i32x4.splat(0), d0 = i32x4.splat(0), d1 = i32x4.splat(0);
      const end = w + block;
      for (let at = w; at < end; at += 32) {
        const low = v128.load(at);
        const high = v128.load(at, 16);
        const xa = v128.load32_splat(a);
        a0 = i32x4.add(a0, i32x4.dot_i16x8_s(xa, low));
        a1 = i32x4.add(a1, i32x4.dot_i16x8_s(xa, high));
        const xb = v128.load32_splat(b);
        b0 = i32x4.add(b0, i32x4.dot_i16x8_s(xb, low));
        b1 = i32x4.add(b1, i32x4.dot_i16x8_s(xb, high));
        const xc = v128.load32_splat(c);
        c0 = i32x4.add(c0, i32x4.dot_i16x8_s(xc, low));
        c1 = i32x4.add(c1, i32x4.dot_i16x8_s(xc, high));
        const xd = v128.load32_splat(d);
        d0 = i32x4.add(d0, i32x4.dot_i16x8_s(xd, low));
        d1 = i32x4.add(d1, i32x4.dot_i16x8_s(xd, high));
        a += 4;
        b += 4;
        c += 4;
        d += 4;
      }
      const to = out + row * outStride + column * 4;
      put(to, a0, a1, scaleLow, scaleHigh, biasLow, biasHigh);
      put(to + outStride, b0, b1, scaleLow, scaleHigh, biasLow, biasHigh);
      put(to + outStride * 2, c0, c1, scaleLow, scaleHigh, biasLow, biasHigh);
      put(to + outStride * 3, d0, d1, scaleLow, scaleHigh, biasLow, biasHigh);
    }
    for (; row < rows; row++) {
      let a = x + row * stride;
      let a0 = i32x4.splat(0), a1 = i32x4.splat(0);
      const end = w + block;
      for (let at = w; at < end; at += 32) {
        const xa = v128.load32_splat(a);
        a0 = i32x4.add(a0, i32x4.dot_i16x8_s(xa, v128.load(at)));
        a1 = i32x4.add(a1, i32x4.dot_i16x8_s(xa, v128.load(at, 16)));
        a += 4;
      }
      put(out + row * outStride + column * 4, a0, a1, scaleLow, scaleHigh, biasLow, biasHigh);
    }
  }
}

// @ts-expect-error: decorator
@inline
function put(to: usize, low: v128, high: v128, scaleLow: v128, scaleHigh: v128, biasLow: v128, biasHigh: v128): void {
  v128.store(to, f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(low), scaleLow), biasLow));
  v128.store(to, f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(high), scaleHigh), biasHigh), 16);
}

/**
 * Rounds `count` floats (a multiple of eight) to integers of at most ±`limit`; negative ones become 0 if `rectified`.
 *
 * @returns what an integer is worth
 */
export function quantize(from: usize, count: usize, limit: f32, rectified: bool, to: usize): f32 {
  let most = f32x4.splat(0);
  for (let i: usize = 0; i < count * 4; i += 16) {
    const value = v128.load(from + i);
    most = f32x4.pmax(most, rectified ? value : f32x4.abs(value));
  }
  const largest = max(
    max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  );
  const scale: f32 = largest > 0 ? limit / largest : 0;
  round(from, count, scale, rectified, to);
  return scale > 0 ? 1 / scale : 0;
}

/** Added to a number of less than 2^22 it leaves it, rounded, in the low bits: 1.5 · 2^23. */
const ROUNDS: f32 = 12582912;

/** Rounds `count` floats (a multiple of eight), times `scale`, to 16-bit integers. */
export function round(from: usize, count: usize, scale: f32, rectified: bool, to: usize): void {
  const factor = f32x4.splat(scale);
  const lowest = f32x4.splat(rectified ? 0 : -32767);
  const rounds = f32x4.splat(ROUNDS);
  for (let i: usize = 0; i < count; i += 8) {
    const low = f32x4.pmax(f32x4.mul(v128.load(from + i * 4), factor), lowest);
    const high = f32x4.pmax(f32x4.mul(v128.load(from + i * 4, 16), factor), lowest);
    v128.store(
      to + i * 2,
      i16x8.narrow_i32x4_s(i32x4.sub(f32x4.add(low, rounds), rounds), i32x4.sub(f32x4.add(high, rounds), rounds)),
    );
  }
}

/**
 * out[row, column] = Σ x[row, input] · w[input, column] in float32, for matrices of `rows × inputs` and `inputs × columns`; rows are a multiple
 * of four and columns of eight.
 */
export function multiply(x: usize, rows: u32, inputs: u32, w: usize, columns: u32, out: usize): void {
  const stride: usize = <usize>inputs * 4;
  const bytes: usize = <usize>columns * 4;
  for (let column: usize = 0; column < bytes; column += 32)
    for (let row: usize = 0; row < rows; row += 4) {
      let a = x + row * stride;
      let at = w + column;
      let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
      for (let end = a + stride; a < end; a += 4) {
        const low = v128.load(at);
        const high = v128.load(at, 16);
        const xa = v128.load32_splat(a);
        a0 = f32x4.add(a0, f32x4.mul(xa, low));
        a1 = f32x4.add(a1, f32x4.mul(xa, high));
        const xb = v128.load32_splat(a + stride);
        b0 = f32x4.add(b0, f32x4.mul(xb, low));
        b1 = f32x4.add(b1, f32x4.mul(xb, high));
        const xc = v128.load32_splat(a + stride * 2);
        c0 = f32x4.add(c0, f32x4.mul(xc, low));
        c1 = f32x4.add(c1, f32x4.mul(xc, high));
        const xd = v128.load32_splat(a + stride * 3);
        d0 = f32x4.add(d0, f32x4.mul(xd, low));
        d1 = f32x4.add(d1, f32x4.mul(xd, high));
        at += bytes;
      }
      const to = out + row * bytes + column;
      v128.store(to, a0);
      v128.store(to, a1, 16);
      v128.store(to + bytes, b0);
      v128.store(to + bytes, b1, 16);
      v128.store(to + bytes * 2, c0);
      v128.store(to + bytes * 2, c1, 16);
      v128.store(to + bytes * 3, d0);
      v128.store(to + bytes * 3, d1, 16);
    }
}
