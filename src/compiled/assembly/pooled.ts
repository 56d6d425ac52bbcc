// Lanes that pool the tokens of a document: fully connected layers over a mean or maximum, and means by attention.

import { exponential } from './exponential';
import { dense, Head, score } from './head';

/** A hidden layer with a ReLU. */
@unmanaged
class Layer {
  kernel!: usize;
  bias!: usize;
  inputs!: u32;
  /** A multiple of four. */
  outputs!: u32;
}

@unmanaged
export class Pooled {
  /** A row a token, float32. */
  table!: usize;
  /** Floats of a row, a multiple of four. */
  width!: u32;
  /** 0: mean; 1: maximum. */
  maximum!: u32;
  /** Added to what is pooled, before a ReLU, where the first layer is folded into the table; else 0. */
  bias!: usize;
  /** Further layers, one pointer each. */
  layers!: usize;
  count!: u32;
  /** Room for the widest layer, twice. */
  values!: usize;
  others!: usize;
  logits!: usize;
  headAt!: usize;

  get head(): Head {
    return changetype<Head>(this.headAt);
  }
}

export function pooled(lane: Pooled, ids: usize, rows: u32, columns: u32, out: usize): void {
  const labels: usize = lane.head.labels;
  for (let row: usize = 0; row < rows; row++) {
    pool(lane, ids + row * columns * 4, columns);
    let values = lane.values;
    let others = lane.others;
    for (let i: usize = 0; i < lane.count; i++) {
      const layer = changetype<Layer>(load<usize>(lane.layers + i * 4));
      dense(values, layer.inputs, layer.kernel, layer.bias, layer.outputs, others);
      rectify(others, layer.outputs);
      const swapped = values;
      values = others;
      others = swapped;
    }
    score(lane.head, values, lane.logits, out + row * labels * 4);
  }
}

function pool(lane: Pooled, ids: usize, columns: u32): void {
  const bytes: usize = <usize>lane.width * 4;
  let tokens: u32 = 0;
  for (let i: usize = 0; i < columns; i++) {
    const id: usize = load<u32>(ids + i * 4);
    if (!id) continue;
    const row = lane.table + id * bytes;
    if (!tokens) memory.copy(lane.values, row, bytes);
    else if (lane.maximum)
      for (let at: usize = 0; at < bytes; at += 16)
        v128.store(lane.values + at, f32x4.pmax(v128.load(lane.values + at), v128.load(row + at)));
    else
      for (let at: usize = 0; at < bytes; at += 16)
        v128.store(lane.values + at, f32x4.add(v128.load(lane.values + at), v128.load(row + at)));
    tokens++;
  }
  if (!tokens) memory.fill(lane.values, 0, bytes);
  const share = f32x4.splat(lane.maximum || !tokens ? 1 : 1 / <f32>tokens);
  for (let at: usize = 0; at < bytes; at += 16) {
    let value = f32x4.mul(v128.load(lane.values + at), share);
    if (lane.bias) value = f32x4.pmax(f32x4.add(value, v128.load(lane.bias + at)), f32x4.splat(0));
    v128.store(lane.values + at, value);
  }
}

function rectify(values: usize, count: u32): void {
  for (let i: usize = 0; i < <usize>count * 4; i += 16)
    v128.store(values + i, f32x4.pmax(v128.load(values + i), f32x4.splat(0)));
}

@unmanaged
export class Attention {
  /** A row a token, float32: how much it counts to each head (rounded up to four), then its embedding (likewise). */
  table!: usize;
  heads!: u32;
  /** Heads and dimensions, rounded up to four. */
  headStride!: u32;
  dimensions!: u32;
  /** Room for a float a head, rounded up to four, and for the features. */
  highest!: usize;
  sums!: usize;
  features!: usize;
  logits!: usize;
  headAt!: usize;

  get head(): Head {
    return changetype<Head>(this.headAt);
  }
}

export function attention(lane: Attention, ids: usize, rows: u32, columns: u32, out: usize): void {
  const labels: usize = lane.head.labels;
  for (let row: usize = 0; row < rows; row++) {
    attend(lane, ids + row * columns * 4, columns);
    score(lane.head, lane.features, lane.logits, out + row * labels * 4);
  }
}

/** Means of the embeddings, head after head, each by the softmax of what the tokens count to it. */
function attend(lane: Attention, ids: usize, columns: u32): void {
  const heads: usize = lane.heads;
  const headBytes: usize = <usize>lane.headStride * 4;
  const bytes: usize = <usize>lane.dimensions * 4;
  const stride = headBytes + bytes;
  for (let at: usize = 0; at < headBytes; at += 16) {
    let most = f32x4.splat(-1e9);
    for (let i: usize = 0; i < columns; i++) {
      const id: usize = load<u32>(ids + i * 4);
      if (id) most = f32x4.pmax(most, v128.load(lane.table + id * stride + at));
    }
    v128.store(lane.highest + at, most);
    v128.store(lane.sums + at, f32x4.splat(0));
  }
  memory.fill(lane.features, 0, heads * bytes);
  for (let i: usize = 0; i < columns; i++) {
    const id: usize = load<u32>(ids + i * 4);
    if (!id) continue;
    const row = lane.table + id * stride;
    for (let first: usize = 0; first < heads; first += 4) {
      const at = first * 4;
      const weights = exponential(f32x4.sub(v128.load(row + at), v128.load(lane.highest + at)));
      v128.store(lane.sums + at, f32x4.add(v128.load(lane.sums + at), weights));
      v128.store(lane.logits, weights);
      for (let head = first, end = min(first + 4, heads); head < end; head++) {
        const weight = v128.load32_splat(lane.logits + (head - first) * 4);
        const to = lane.features + head * bytes;
        for (let k: usize = 0; k < bytes; k += 16)
          v128.store(to + k, f32x4.add(v128.load(to + k), f32x4.mul(weight, v128.load(row + headBytes + k))));
      }
    }
  }
  for (let head: usize = 0; head < heads; head++) {
    const sum = load<f32>(lane.sums + head * 4);
    if (sum == 0) continue;
    const share = f32x4.splat(1 / sum);
    const to = lane.features + head * bytes;
    for (let k: usize = 0; k < bytes; k += 16) v128.store(to + k, f32x4.mul(v128.load(to + k), share));
  }
}
