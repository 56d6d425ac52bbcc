// The last layer of a lane: features to probabilities.

import { exponential, sigmoid } from './exponential';

/** Weights `[features, stride]` and bias `[stride]` in float32, where `stride` is the number of labels, rounded up to four. */
@unmanaged
export class Head {
  kernel!: usize;
  bias!: usize;
  features!: u32;
  labels!: u32;
  stride!: u32;
  /** 1 where exactly one label holds (softmax), 0 where each is judged by itself (sigmoid). */
  exclusive!: u32;
}

/** out[stride] = x[features] · kernel + bias; four sums at a time, as each would wait for its last addition. */
export function dense(x: usize, features: u32, kernel: usize, bias: usize, stride: u32, out: usize): void {
  const bytes: usize = <usize>stride * 4;
  const end = x + <usize>features * 4;
  for (let column: usize = 0; column < bytes; column += 16) {
    let a = v128.load(bias + column);
    let b = f32x4.splat(0);
    let c = b;
    let d = b;
    let at = x;
    let w = kernel + column;
    for (; at + 16 <= end; at += 16) {
      a = f32x4.add(a, f32x4.mul(v128.load32_splat(at), v128.load(w)));
      b = f32x4.add(b, f32x4.mul(v128.load32_splat(at, 4), v128.load(w + bytes)));
      c = f32x4.add(c, f32x4.mul(v128.load32_splat(at, 8), v128.load(w + bytes * 2)));
      d = f32x4.add(d, f32x4.mul(v128.load32_splat(at, 12), v128.load(w + bytes * 3)));
      w += bytes * 4;
    }
    for (; at < end; at += 4) {
      a = f32x4.add(a, f32x4.mul(v128.load32_splat(at), v128.load(w)));
      w += bytes;
    }
    v128.store(out + column, f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
  }
}

/** Features to probabilities: `labels` floats to `out`; `logits` is room for `stride` floats. */
export function score(head: Head, features: usize, logits: usize, out: usize): void {
  dense(features, head.features, head.kernel, head.bias, head.stride, logits);
  convert(head, logits, out);
}

/** Log-odds to probabilities. */
export function convert(head: Head, logits: usize, out: usize): void {
  const labels: usize = head.labels;
  const bytes: usize = <usize>head.stride * 4;
  if (head.exclusive) {
    let highest: f32 = load<f32>(logits);
    for (let i: usize = 1; i < labels; i++) highest = max(highest, load<f32>(logits + i * 4));
    let sum: f32 = 0;
    for (let i: usize = 0; i < bytes; i += 16)
      v128.store(logits + i, exponential(f32x4.sub(v128.load(logits + i), f32x4.splat(highest))));
    for (let i: usize = 0; i < labels; i++) sum += load<f32>(logits + i * 4);
    for (let i: usize = 0; i < labels; i++) store<f32>(out + i * 4, load<f32>(logits + i * 4) / sum);
  } else {
    for (let i: usize = 0; i < bytes; i += 16) v128.store(logits + i, sigmoid(v128.load(logits + i)));
    for (let i: usize = 0; i < labels; i++) store<f32>(out + i * 4, load<f32>(logits + i * 4));
  }
}
