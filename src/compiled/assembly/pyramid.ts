// A deep pyramid CNN: a convolution folded into a row a token, then blocks of two convolutions with a way around them.

import { Head, score } from './head';
import { product, quantize, Weights } from './product';

/**
 * `table` has a row a token: for each position of the window of three, what the token adds to each filter there, as 16-bit integers.
 * Filters are rounded up to eight.
 */
@unmanaged
export class Pyramid {
  table!: usize;
  /** What an integer of the table is worth and what is added, a float32 a filter. */
  scales!: usize;
  bias!: usize;
  filters!: u32;
  blocks!: u32;
  /** Weights of the convolutions, two a block, one pointer each. */
  convolutions!: usize;
  /** Room for the longest document: values of every position, and beside them. */
  values!: usize;
  inner!: usize;
  /** Room for the same in 16-bit integers, with one position of zeros before and one behind. */
  rounded!: usize;
  features!: usize;
  logits!: usize;
  headAt!: usize;

  get head(): Head {
    return changetype<Head>(this.headAt);
  }
}

/** Scores documents. `ids` has `columns` a row; 0 is padding, behind the tokens. */
export function pyramid(lane: Pyramid, ids: usize, rows: u32, columns: u32, out: usize): void {
  const labels: usize = lane.head.labels;
  for (let row: usize = 0; row < rows; row++) {
    const document = ids + row * columns * 4;
    let length: usize = columns;
    while (length > 0 && !load<u32>(document + (length - 1) * 4)) length--;
    pool(lane, document, length);
    score(lane.head, lane.features, lane.logits, out + row * labels * 4);
  }
}

function pool(lane: Pyramid, ids: usize, tokens: usize): void {
  const filters: usize = lane.filters;
  const bytes = filters * 4;
  let length = tokens;
  region(lane, ids, length);
  for (let block: usize = 0; block < lane.blocks; block++) {
    if (block > 0) length = halve(lane.values, length, bytes);
    convolve(lane, block * 2, lane.values, length, lane.inner);
    convolve(lane, block * 2 + 1, lane.inner, length, lane.inner);
    for (let i: usize = 0; i < length * bytes; i += 16)
      v128.store(lane.values + i, f32x4.add(v128.load(lane.values + i), v128.load(lane.inner + i)));
  }
  for (let filter: usize = 0; filter < bytes; filter += 16) {
    let most = length > 0 ? v128.load(lane.values + filter) : f32x4.splat(0);
    for (let i: usize = 1; i < length; i++) most = f32x4.pmax(most, v128.load(lane.values + i * bytes + filter));
    v128.store(lane.features + filter, most);
  }
}

/** The first convolution: at each position the sum of three tokens' rows. */
function region(lane: Pyramid, ids: usize, length: usize): void {
  const filters: usize = lane.filters;
  const cell = filters * 2;
  const stride = cell * 3;
  for (let position: usize = 0; position < length; position++) {
    // Beyond either end is padding, whose row is zeros.
    const before: usize = position > 0 ? <usize>load<u32>(ids + (position - 1) * 4) : 0;
    const here: usize = load<u32>(ids + position * 4);
    const behind: usize = position + 1 < length ? <usize>load<u32>(ids + (position + 1) * 4) : 0;
    const first = lane.table + before * stride;
    const second = lane.table + here * stride + cell;
    const third = lane.table + behind * stride + cell * 2;
    const to = lane.values + position * filters * 4;
    for (let i: usize = 0; i < cell; i += 16) {
      const sum = i16x8.add(i16x8.add(v128.load(first + i), v128.load(second + i)), v128.load(third + i));
      const at = i * 2;
      v128.store(
        to + at,
        f32x4.add(
          f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(sum)), v128.load(lane.scales + at)),
          v128.load(lane.bias + at),
        ),
      );
      v128.store(
        to + at,
        f32x4.add(
          f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(sum)), v128.load(lane.scales + at, 16)),
          v128.load(lane.bias + at, 16),
        ),
        16,
      );
    }
  }
}

/** A convolution over what is positive: from `length` positions to as many. */
function convolve(lane: Pyramid, number: usize, from: usize, length: usize, to: usize): void {
  const filters: usize = lane.filters;
  const cell = filters * 2;
  const weights = changetype<Weights>(load<usize>(lane.convolutions + number * 4));
  const scale = quantize(from, length * filters, weights.limit, true, lane.rounded + cell);
  memory.fill(lane.rounded + (length + 1) * cell, 0, cell);
  product(lane.rounded, cell, length, scale, weights, to);
}

/** Every second position becomes the maximum of itself and its two successors, of which those beyond the end are zeros. */
function halve(values: usize, length: usize, bytes: usize): usize {
  const half = (length + 1) / 2;
  for (let i: usize = 0; i < half; i++) {
    const from = values + i * 2 * bytes;
    const to = values + i * bytes;
    const second = i * 2 + 1 < length;
    const third = i * 2 + 2 < length;
    for (let filter: usize = 0; filter < bytes; filter += 16) {
      const zero = f32x4.splat(0);
      const one = v128.load(from + filter);
      const two = second ? v128.load(from + bytes + filter) : zero;
      const three = third ? v128.load(from + bytes * 2 + filter) : zero;
      v128.store(to + filter, f32x4.pmax(one, f32x4.pmax(two, three)));
    }
  }
  return half;
}
