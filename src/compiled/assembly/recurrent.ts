// An LSTM or GRU: the projection of the input folded into a row a token; four documents go side by side.

import { sigmoid, tanh } from './exponential';
import { Head, score } from './head';
import { product, round, Weights } from './product';

/** Documents side by side, so that weights are read once for all of them. */
const ABREAST: usize = 4;

/** A recurrence in one direction. Its columns are the gates in order, each of `units`. */
@unmanaged
export class Recurrence {
  /** A row a token: what it adds to each column, as 16-bit integers. */
  table!: usize;
  /** What an integer of the table is worth and what is added, a float32 a column. */
  scales!: usize;
  bias!: usize;
  recurrentAt!: usize;
  /** A multiple of eight. */
  units!: u32;
  /** 3: GRU (update, reset, candidate); 4: LSTM (input, forget, output, candidate). */
  gates!: u32;
  backwards!: u32;

  get recurrent(): Weights {
    return changetype<Weights>(this.recurrentAt);
  }
}

@unmanaged
export class Recurrent {
  /** Of each direction, one pointer each. */
  directions!: usize;
  count!: u32;
  /** 0: the last state of each direction is a feature; 1: the maximum of its states, and their mean behind it. */
  pooled!: u32;
  /** Room for four documents: hidden states and cells, the former also rounded, the gates. */
  hidden!: usize;
  cell!: usize;
  rounded!: usize;
  gates!: usize;
  /** Room for the features of four documents, `head.features` floats each. */
  features!: usize;
  logits!: usize;
  headAt!: usize;

  get head(): Head {
    return changetype<Head>(this.headAt);
  }
}

/** Scores documents. `order` has their numbers, best by length, so that those side by side end together. */
export function recurrent(lane: Recurrent, ids: usize, rows: u32, columns: u32, order: usize, out: usize): void {
  const head = lane.head;
  for (let first: usize = 0; first < rows; first += ABREAST) {
    const abreast = min(ABREAST, <usize>rows - first);
    let offset: usize = 0;
    for (let i: usize = 0; i < lane.count; i++) {
      const recurrence = changetype<Recurrence>(load<usize>(lane.directions + i * 4));
      read(lane, recurrence, ids, columns, order + first * 4, abreast, offset);
      offset += (<usize>recurrence.units * 4) << lane.pooled;
    }
    for (let i: usize = 0; i < abreast; i++) {
      const row: usize = load<u32>(order + (first + i) * 4);
      score(head, lane.features + i * head.features * 4, lane.logits, out + row * head.labels * 4);
    }
  }
}

/** Reads documents to their ends, and puts the last state of each, or what all are together, among its features. */
function read(
  lane: Recurrent,
  recurrence: Recurrence,
  ids: usize,
  columns: u32,
  order: usize,
  abreast: usize,
  offset: usize,
): void {
  const units: usize = recurrence.units;
  const bytes = units * 4;
  const featureBytes: usize = <usize>lane.head.features * 4;
  const weights = recurrence.recurrent;
  let longest: usize = 0;
  for (let i: usize = 0; i < abreast; i++) {
    const length = lengthOf(documentOf(ids, columns, order, i), columns);
    longest = max(longest, length);
    if (length == 0) memory.fill(lane.features + i * featureBytes + offset, 0, bytes << lane.pooled);
  }
  memory.fill(lane.hidden, 0, ABREAST * bytes);
  memory.fill(lane.cell, 0, ABREAST * bytes);
  for (let step: usize = 0; step < longest; step++) {
    // A hidden value is at most 1.
    round(lane.hidden, abreast * units, weights.limit, false, lane.rounded);
    product(lane.rounded, units * 2, abreast, 1 / weights.limit, weights, lane.gates);
    for (let i: usize = 0; i < abreast; i++) {
      const document = documentOf(ids, columns, order, i);
      const length = lengthOf(document, columns);
      if (step >= length) continue;
      const place = recurrence.backwards ? length - 1 - step : step;
      const hidden = lane.hidden + i * bytes;
      const gates = lane.gates + i * bytes * recurrence.gates;
      const token: usize = load<u32>(document + place * 4);
      if (recurrence.gates == 4) stepLstm(recurrence, token, gates, hidden, lane.cell + i * bytes);
      else stepGru(recurrence, token, gates, hidden);
      const features = lane.features + i * featureBytes + offset;
      if (lane.pooled) pool(hidden, bytes, step == 0, step + 1 == length ? <f32>(1 / <f64>length) : 1, features);
      else if (step + 1 == length) memory.copy(features, hidden, bytes);
    }
  }
}

/** Adds a state to the maximum of those before it and to their sum, which is then multiplied by `scale`. */
function pool(hidden: usize, bytes: usize, isFirst: bool, scale: f32, features: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    const state = v128.load(hidden + at);
    const highest = features + at;
    const sum = highest + bytes;
    v128.store(highest, isFirst ? state : f32x4.max(v128.load(highest), state));
    const added = isFirst ? state : f32x4.add(v128.load(sum), state);
    v128.store(sum, f32x4.mul(added, f32x4.splat(scale)));
  }
}

// @ts-expect-error: decorator
@inline
function documentOf(ids: usize, columns: u32, order: usize, i: usize): usize {
  return ids + (<usize>load<u32>(order + i * 4)) * columns * 4;
}

function lengthOf(document: usize, columns: u32): usize {
  let length: usize = columns;
  while (length > 0 && !load<u32>(document + (length - 1) * 4)) length--;
  return length;
}

/** What token and hidden state add up to in four columns from `column` on. */
// @ts-expect-error: decorator
@inline
function projected(recurrence: Recurrence, row: usize, column: usize): v128 {
  const place = column * 4;
  const values = f32x4.convert_i32x4_s(v128.load_ext<i16>(row + column * 2));
  return f32x4.add(f32x4.mul(values, v128.load(recurrence.scales + place)), v128.load(recurrence.bias + place));
}

// @ts-expect-error: decorator
@inline
function rowOf(recurrence: Recurrence, token: usize): usize {
  return recurrence.table + token * recurrence.units * recurrence.gates * 2;
}

function stepLstm(recurrence: Recurrence, token: usize, gates: usize, hidden: usize, cell: usize): void {
  const units: usize = recurrence.units;
  const row = rowOf(recurrence, token);
  for (let i: usize = 0; i < units; i += 4) {
    const at = i * 4;
    const input = sigmoid(f32x4.add(projected(recurrence, row, i), v128.load(gates + at)));
    const forget = sigmoid(f32x4.add(projected(recurrence, row, units + i), v128.load(gates + units * 4 + at)));
    const output = sigmoid(f32x4.add(projected(recurrence, row, units * 2 + i), v128.load(gates + units * 8 + at)));
    const proposal = tanh(f32x4.add(projected(recurrence, row, units * 3 + i), v128.load(gates + units * 12 + at)));
    const after = f32x4.add(f32x4.mul(forget, v128.load(cell + at)), f32x4.mul(input, proposal));
    v128.store(cell + at, after);
    v128.store(hidden + at, f32x4.mul(output, tanh(after)));
  }
}

function stepGru(recurrence: Recurrence, token: usize, gates: usize, hidden: usize): void {
  const units: usize = recurrence.units;
  const row = rowOf(recurrence, token);
  for (let i: usize = 0; i < units; i += 4) {
    const at = i * 4;
    const update = sigmoid(f32x4.add(projected(recurrence, row, i), v128.load(gates + at)));
    const reset = sigmoid(f32x4.add(projected(recurrence, row, units + i), v128.load(gates + units * 4 + at)));
    const held = v128.load(gates + units * 8 + at);
    const proposal = tanh(f32x4.add(projected(recurrence, row, units * 2 + i), f32x4.mul(reset, held)));
    const before = v128.load(hidden + at);
    v128.store(hidden + at, f32x4.add(proposal, f32x4.mul(update, f32x4.sub(before, proposal))));
  }
}
