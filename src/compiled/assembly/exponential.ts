// e^x and what follows from it, four at a time.

const LOG2_E: f32 = 1.44269504;
/** ln 2 in two parts, the first exact in few bits, so that n · ln 2 loses nothing (Cody and Waite 1980). */
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440e-4;
/** Beyond these a float32 overflows, or is no normal number. */
const HIGHEST: f32 = 88;
const LOWEST: f32 = -87;
/** Added to a number it leaves it, rounded, in the low bits: 1.5 · 2^23; and with the bias of an exponent. */
const ROUNDS_AND_BIASES: f32 = 12582912 + 127;

/** e^x with a relative error below 4e-7: 2^n · e^r, |r| <= ln 2 / 2, where e^r is its Taylor polynomial of degree 6. */
// @ts-expect-error: decorator
@inline
export function exponential(x: v128): v128 {
  const bounded = f32x4.pmin(f32x4.pmax(x, f32x4.splat(LOWEST)), f32x4.splat(HIGHEST));
  const biased = f32x4.add(f32x4.mul(bounded, f32x4.splat(LOG2_E)), f32x4.splat(ROUNDS_AND_BIASES));
  const n = f32x4.sub(biased, f32x4.splat(ROUNDS_AND_BIASES));
  let r = f32x4.sub(bounded, f32x4.mul(n, f32x4.splat(LN2_HIGH)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(LN2_LOW)));
  let p = f32x4.splat(1.0 / 720.0);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 120.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 24.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 6.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.5));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
  return f32x4.mul(p, i32x4.shl(biased, 23));
}

/** 1 / (1 + e^-x), off by less than 2e-7. */
// @ts-expect-error: decorator
@inline
export function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(x))));
}

/** 1 - 2 / (1 + e^2x), off by less than 4e-7. */
// @ts-expect-error: decorator
@inline
export function tanh(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(one, exponential(f32x4.add(x, x)))));
}
