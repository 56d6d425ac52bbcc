// What a core does at most of what the kernels of compiled lanes are made of. bench/roofline.ts compiles it. Sums are stored, so that
// nothing is left out as useless. Twelve sums go side by side, more than the instructions have latency.

const OUT: usize = 0;

/** `times` × 12 × (8 multiplications and 8 additions of 16-bit integers, to sums of 32 bits). */
export function integers(times: i32): void {
  const w = i16x8.splat(3);
  let a = i32x4.splat(1), b = i32x4.splat(2), c = i32x4.splat(3), d = i32x4.splat(4);
  let e = i32x4.splat(5), f = i32x4.splat(6), g = i32x4.splat(7), h = i32x4.splat(8);
  let i = i32x4.splat(9), j = i32x4.splat(10), k = i32x4.splat(11), l = i32x4.splat(12);
  for (let n = 0; n < times; n++) {
    a = i32x4.add(a, i32x4.dot_i16x8_s(a, w));
    b = i32x4.add(b, i32x4.dot_i16x8_s(b, w));
    c = i32x4.add(c, i32x4.dot_i16x8_s(c, w));
    d = i32x4.add(d, i32x4.dot_i16x8_s(d, w));
    e = i32x4.add(e, i32x4.dot_i16x8_s(e, w));
    f = i32x4.add(f, i32x4.dot_i16x8_s(f, w));
    g = i32x4.add(g, i32x4.dot_i16x8_s(g, w));
    h = i32x4.add(h, i32x4.dot_i16x8_s(h, w));
    i = i32x4.add(i, i32x4.dot_i16x8_s(i, w));
    j = i32x4.add(j, i32x4.dot_i16x8_s(j, w));
    k = i32x4.add(k, i32x4.dot_i16x8_s(k, w));
    l = i32x4.add(l, i32x4.dot_i16x8_s(l, w));
  }
  a = i32x4.add(i32x4.add(a, b), i32x4.add(c, d));
  e = i32x4.add(i32x4.add(e, f), i32x4.add(g, h));
  i = i32x4.add(i32x4.add(i, j), i32x4.add(k, l));
  v128.store(OUT, i32x4.add(a, i32x4.add(e, i)));
}

/** `times` × 12 × (4 multiplications and 4 additions of float32). */
export function floats(times: i32): void {
  const w = f32x4.splat(0.5);
  const x = f32x4.splat(1);
  let a = f32x4.splat(1), b = f32x4.splat(2), c = f32x4.splat(3), d = f32x4.splat(4);
  let e = f32x4.splat(5), f = f32x4.splat(6), g = f32x4.splat(7), h = f32x4.splat(8);
  let i = f32x4.splat(9), j = f32x4.splat(10), k = f32x4.splat(11), l = f32x4.splat(12);
  for (let n = 0; n < times; n++) {
    a = f32x4.add(x, f32x4.mul(a, w));
    b = f32x4.add(x, f32x4.mul(b, w));
    c = f32x4.add(x, f32x4.mul(c, w));
    d = f32x4.add(x, f32x4.mul(d, w));
    e = f32x4.add(x, f32x4.mul(e, w));
    f = f32x4.add(x, f32x4.mul(f, w));
    g = f32x4.add(x, f32x4.mul(g, w));
    h = f32x4.add(x, f32x4.mul(h, w));
    i = f32x4.add(x, f32x4.mul(i, w));
    j = f32x4.add(x, f32x4.mul(j, w));
    k = f32x4.add(x, f32x4.mul(k, w));
    l = f32x4.add(x, f32x4.mul(l, w));
  }
  a = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  e = f32x4.add(f32x4.add(e, f), f32x4.add(g, h));
  i = f32x4.add(f32x4.add(i, j), f32x4.add(k, l));
  v128.store(OUT, f32x4.add(a, f32x4.add(e, i)));
}

/** Reads whole rows of `stride` bytes, a multiple of 64: those of `count` numbers at `order`, of a table. */
export function rows(table: usize, stride: usize, order: usize, count: usize): void {
  let a = v128.load(OUT), b = a, c = a, d = a;
  for (let n: usize = 0; n < count; n++) {
    let at = table + (<usize>load<u32>(order + n * 4)) * stride;
    for (const end = at + stride; at < end; at += 64) {
      a = i16x8.add(a, v128.load(at));
      b = i16x8.add(b, v128.load(at, 16));
      c = i16x8.add(c, v128.load(at, 32));
      d = i16x8.add(d, v128.load(at, 48));
    }
  }
  v128.store(OUT, i16x8.add(i16x8.add(a, b), i16x8.add(c, d)));
}
