// A CNN: convolutions of several widths, folded into a row a token, and the maximum of each filter over the document.

import { Head, score } from './head';

/**
 * `table` has a row a token: for each width, for each block of sixteen filters, for each position of the window, what the token adds to the
 * filters there, as 16-bit (or 8-bit) integers. Filters are rounded up to sixteen.
 */
@unmanaged
export class Convolutional {
  table!: usize;
  /** Bytes of a row. */
  stride!: u32;
  /** Widths of the convolutions, u32 each. */
  widths!: usize;
  convolutions!: u32;
  /** Filters of each width, a multiple of sixteen. */
  filters!: u32;
  /** What an integer is worth and what is added, a float32 a filter, width after width. */
  scales!: usize;
  bias!: usize;
  /** Room for the features. */
  features!: usize;
  logits!: usize;
  headAt!: usize;

  get head(): Head {
    return changetype<Head>(this.headAt);
  }
}

/** Scores documents of 8-bit tables. `ids` has `columns` a row; 0 is padding. */
export function convolutional8(lane: Convolutional, ids: usize, rows: u32, columns: u32, out: usize): void {
  run<i8>(lane, ids, rows, columns, out);
}

/** Scores documents of 16-bit tables. */
export function convolutional16(lane: Convolutional, ids: usize, rows: u32, columns: u32, out: usize): void {
  run<i16>(lane, ids, rows, columns, out);
}

function run<T>(lane: Convolutional, ids: usize, rows: u32, columns: u32, out: usize): void {
  const labels: usize = lane.head.labels;
  for (let row: usize = 0; row < rows; row++) {
    pool<T>(lane, ids + row * columns * 4, columns);
    score(lane.head, lane.features, lane.logits, out + row * labels * 4);
  }
}

/** The features of a document: for each filter its maximum over the windows, not less than 0. */
function pool<T>(lane: Convolutional, ids: usize, columns: u32): void {
  const blocks: usize = lane.filters / 16;
  let offset: usize = 0;
  let filter: usize = 0;
  for (let i: usize = 0; i < lane.convolutions; i++) {
    const width: usize = load<u32>(lane.widths + i * 4);
    for (let block: usize = 0; block < blocks; block++) {
      const at = lane.table + offset;
      let low = i16x8.splat(i16.MIN_VALUE);
      let high = low;
      // The first window always counts, further ones while their last token is one.
      for (let start: usize = 0; start + width <= columns; start++) {
        if (start > 0 && !load<u32>(ids + (start + width - 1) * 4)) continue;
        let cell = at;
        let sumLow = i16x8.splat(0);
        let sumHigh = sumLow;
        for (let token = ids + start * 4, end = token + width * 4; token < end; token += 4) {
          const values = cell + load<u32>(token) * lane.stride;
          if (sizeof<T>() == 1) {
            sumLow = i16x8.add(sumLow, v128.load_ext<i8>(values));
            sumHigh = i16x8.add(sumHigh, v128.load_ext<i8>(values, 8));
          } else {
            sumLow = i16x8.add(sumLow, v128.load(values));
            sumHigh = i16x8.add(sumHigh, v128.load(values, 16));
          }
          cell += 16 * sizeof<T>();
        }
        low = i16x8.max_s(low, sumLow);
        high = i16x8.max_s(high, sumHigh);
      }
      put(lane, filter, i32x4.extend_low_i16x8_s(low), 0);
      put(lane, filter, i32x4.extend_high_i16x8_s(low), 4);
      put(lane, filter, i32x4.extend_low_i16x8_s(high), 8);
      put(lane, filter, i32x4.extend_high_i16x8_s(high), 12);
      filter += 16;
      offset += width * 16 * sizeof<T>();
    }
  }
}

// @ts-expect-error: decorator
@inline
function put(lane: Convolutional, filter: usize, sums: v128, at: usize): void {
  const place = (filter + at) * 4;
  const value = f32x4.add(
    f32x4.mul(f32x4.convert_i32x4_s(sums), v128.load(lane.scales + place)),
    v128.load(lane.bias + place),
  );
  v128.store(lane.features + place, f32x4.pmax(value, f32x4.splat(0)));
}
