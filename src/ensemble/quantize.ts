import { invalidArgument, LockstepError } from '../errors.ts';
import type { NamedWeight, NamedWeights } from '../subtasks/network.ts';
import { packBits, unpackBits } from './codec/bits.ts';
import { fromFloat16, LARGEST_FLOAT16, toFloat16 } from './codec/float16.ts';
import { bestLevels, nearestLevel } from './codec/levels.ts';
import type { StoredTensor, StoredTensors } from './safetensors.ts';

/**
 * How weights are stored, from exact to smallest. `f32` and `f16` are floating-point numbers; in 8 bits a value is a multiple of
 * its row's scale; in 4, 3 and 2 bits it is one of 16, 8 and 4 levels, which are fitted to the weights.
 */
export type Precision = 'f32' | 'f16' | '8-bit' | '4-bit' | '3-bit' | '2-bit';

/** All precisions, from exact to smallest. */
export const PRECISIONS: readonly Precision[] = ['f32', 'f16', '8-bit', '4-bit', '3-bit', '2-bit'];

/** A precision for the networks, and one for all lanes over n-grams or for each by its name. */
export interface Precisions {
  readonly networks: Precision;
  readonly ngrams: Precision | ReadonlyMap<string, Precision>;
}

/** The precision of a lane over n-grams; `8-bit` if a map has none for it. */
export function precisionOfLane({ ngrams }: Precisions, lane: string): Precision {
  return typeof ngrams === 'string' ? ngrams : (ngrams.get(lane) ?? '8-bit');
}

/** How many bits an index into fitted levels has; of a precision without levels undefined. */
export function bitsOfLevels(precision: Precision): number | undefined {
  switch (precision) {
    case '4-bit':
      return 4;
    case '3-bit':
      return 3;
    case '2-bit':
      return 2;
    default:
      return undefined;
  }
}

/**
 * A precision for each kind of weights: the one that is given, or each its own.
 *
 * @throws LockstepError `INVALID_ARGUMENT` if one of them is none.
 */
export function precisionsOf(precision: Precision | Precisions): Precisions {
  const { networks, ngrams } =
    typeof precision === 'object' && precision !== null ? precision : { networks: precision, ngrams: precision };
  checkPrecision('precision', networks);
  for (const each of ngrams instanceof Map ? ngrams.values() : [ngrams]) checkPrecision('precision', each);
  return { networks, ngrams };
}

function checkPrecision(name: string, precision: unknown): void {
  if (!PRECISIONS.some((known) => known === precision))
    throw invalidArgument(name, `one of ${PRECISIONS.join(', ')}`, precision);
}

/** Smaller weights are not worth the loss. */
const SMALLEST = 1024;
const LARGEST_INT8 = 127;
const LARGEST_FLOAT32 = 3.4028234663852886e38;
/** Into so many bins the weights of a tensor are counted before levels are fitted to them. */
const BINS = 512;
/** Scales and levels suit each other after so many turns. */
const ROUNDS = 2;

/** What stands beside a tensor of 8 bits and fewer. */
const PARTS = { scale: '.scale', levels: '.levels', shape: '.shape' } as const;

/**
 * Weights as they are stored. Matrices of {@link SMALLEST} values and more are rounded, all others keep 32 bits. What is
 * rounded is split into rows, along its last axis, and each row has a scale of its own:
 *
 * - 8 bits: `I8`, and as `<name>.scale` one `F32` a row, so that the largest value of each row is ±127.
 * - 4, 3, 2 bits: `U8`, the indices of levels, packed without gaps, the first in the highest bits; `<name>.levels`, `F32`,
 *   ascending; `<name>.scale`, one `F16` a row; `<name>.shape`, `I32`. A value is its level times the scale of its row.
 *
 * @throws LockstepError `INVALID_ARGUMENT`, naming the weight, if one has not as many values as its shape says, all finite.
 */
export function packWeights(weights: NamedWeights, precision: Precision): StoredTensors {
  checkPrecision('precision', precision);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, weight] of weights) {
    checkWeight(name, weight);
    const isMatrix = weight.shape.length >= 2 && weight.data.length >= SMALLEST;
    for (const [part, tensor] of isMatrix ? rounded(weight, precision) : exact(weight))
      tensors.set(name + part, tensor);
  }
  return tensors;
}

/**
 * The weights that stored tensors stand for.
 *
 * @throws LockstepError `INVALID_ENSEMBLE`, naming the tensor, if one lacks its scales, levels or shape, or they do not fit.
 */
export function unpackWeights(tensors: StoredTensors): Map<string, NamedWeight> {
  const weights = new Map<string, NamedWeight>();
  for (const [name, tensor] of tensors) {
    if (isPart(name, tensors)) continue;
    switch (tensor.dtype) {
      case 'F32':
      case 'F16':
        weights.set(name, { shape: tensor.shape, data: tensor.data });
        break;
      case 'I8':
        weights.set(name, fromIntegers(name, tensor.shape, tensor.data, tensors));
        break;
      case 'U8':
        weights.set(name, fromLevels(name, tensor.data, tensors));
        break;
      case 'I32':
        throw new LockstepError('INVALID_ENSEMBLE', `The tensor "${name}" is no weight`);
    }
  }
  return weights;
}

function isPart(name: string, tensors: StoredTensors): boolean {
  return Object.values(PARTS).some((part) => {
    const whole = name.endsWith(part) ? tensors.get(name.slice(0, -part.length)) : undefined;
    return whole?.dtype === 'U8' || (whole?.dtype === 'I8' && part === PARTS.scale);
  });
}

function checkWeight(name: string, { shape, data }: NamedWeight): void {
  const size = shape.reduce((product, length) => product * length, 1);
  if (data.length !== size) throw invalidArgument(`weights.${name}`, `${size} values`, data.length);
  const strange = data.find((value) => !Number.isFinite(value));
  if (strange !== undefined) throw invalidArgument(`weights.${name}`, 'finite values', strange);
}

type Parts = readonly (readonly [part: string, tensor: StoredTensor])[];

function exact({ shape, data }: NamedWeight): Parts {
  return [['', { dtype: 'F32', shape, data }]];
}

function rounded(weight: NamedWeight, precision: Precision): Parts {
  const { shape, data } = weight;
  const bits = bitsOfLevels(precision);
  if (bits !== undefined) return toLevels(weight, bits);
  if (precision === '8-bit') return toIntegers(weight);
  const fits = data.every((value) => Math.abs(value) <= LARGEST_FLOAT16);
  return precision === 'f16' && fits ? [['', { dtype: 'F16', shape, data }]] : exact(weight);
}

function toIntegers({ shape, data }: NamedWeight): Parts {
  const columns = shape.at(-1) ?? 1;
  const scales = new Float32Array(data.length / columns);
  const values = new Int8Array(data.length);
  for (let row = 0; row < scales.length; row++) {
    const cells = rowOf(data, row, columns);
    const largest = cells.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    scales[row] = largest / LARGEST_INT8;
    const scale = scales[row] ?? 0; // as rounded to 32 bits: what a reader will multiply by
    if (scale === 0) continue;
    for (const [column, value] of cells.entries())
      values[row * columns + column] = clamped(Math.round(value / scale), LARGEST_INT8);
  }
  return [
    ['', { dtype: 'I8', shape, data: values }],
    [PARTS.scale, { dtype: 'F32', shape: [scales.length], data: scales }],
  ];
}

/** Scales and levels in turn: the levels of least squared error for these scales, then the scales for those levels. */
function toLevels({ shape, data }: NamedWeight, bits: number): Parts {
  const columns = shape.at(-1) ?? 1;
  const scales = new Float64Array(data.length / columns);
  for (let row = 0; row < scales.length; row++) scales[row] = rootMeanSquare(rowOf(data, row, columns));
  let levels: Float64Array = new Float64Array(2 ** bits);
  for (let round = 0; round < ROUNDS; round++) {
    levels = levelsFor(data, scales, columns, 2 ** bits);
    for (let row = 0; row < scales.length; row++)
      scales[row] = bestScale(rowOf(data, row, columns), scales[row] ?? 0, levels);
  }
  // The largest scale becomes 1, so that 16 bits hold all that matter, and the levels take its size.
  const largest = scales.reduce((most, scale) => Math.max(most, scale), 0) || 1;
  const shares = Float32Array.from(scales, (scale) => fromFloat16(toFloat16(scale / largest)));
  const sized = Float32Array.from(levels, (level) => clamped(level * largest, LARGEST_FLOAT32));
  const indices = Uint8Array.from(data, (value, at) => {
    const scale = shares[Math.floor(at / columns)] ?? 0;
    return scale === 0 ? 0 : nearestLevel(sized, value / scale);
  });
  return [
    ['', { dtype: 'U8', shape: [Math.ceil((data.length * bits) / 8)], data: packBits(indices, bits) }],
    [PARTS.levels, { dtype: 'F32', shape: [sized.length], data: sized }],
    [PARTS.scale, { dtype: 'F16', shape: [shares.length], data: shares }],
    [PARTS.shape, { dtype: 'I32', shape: [shape.length], data: Int32Array.from(shape) }],
  ];
}

/** The best levels for values divided by the scales of their rows, where an error counts as much as it will once multiplied. */
function levelsFor(data: Float32Array, scales: Float64Array, columns: number, count: number): Float64Array {
  let largest = 0;
  for (let at = 0; at < data.length; at++) {
    const scale = scales[Math.floor(at / columns)] ?? 0;
    if (scale > 0) largest = Math.max(largest, Math.abs((data[at] ?? 0) / scale));
  }
  const masses = new Float64Array(BINS);
  const sums = new Float64Array(BINS);
  for (let at = 0; at < data.length; at++) {
    const scale = scales[Math.floor(at / columns)] ?? 0;
    if (scale === 0) continue;
    const value = (data[at] ?? 0) / scale;
    const bin = Math.min(BINS - 1, Math.floor(((value / largest + 1) / 2) * BINS));
    const mass = scale * scale;
    masses[bin] = (masses[bin] ?? 0) + mass;
    sums[bin] = (sums[bin] ?? 0) + mass * value;
  }
  const filled = Array.from(masses.keys()).filter((bin) => (masses[bin] ?? 0) > 0);
  const means = filled.map((bin) => (sums[bin] ?? 0) / (masses[bin] ?? 1));
  const heaviest = masses.reduce((most, mass) => Math.max(most, mass), 0);
  return bestLevels(
    means,
    filled.map((bin) => (masses[bin] ?? 0) / heaviest),
    count,
  );
}

/** The scale of least squared error for a row whose values are rounded to levels times the scale that it has. */
function bestScale(cells: Float32Array, scale: number, levels: Float64Array): number {
  if (scale === 0) return 0;
  let products = 0;
  let squares = 0;
  for (const value of cells) {
    const level = levels[nearestLevel(levels, value / scale)] ?? 0;
    products += level * value;
    squares += level * level;
  }
  return products > 0 ? products / squares : scale;
}

function fromIntegers(name: string, shape: readonly number[], values: Int8Array, tensors: StoredTensors): NamedWeight {
  const columns = shape.at(-1) ?? 1;
  const scales = tensors.get(name + PARTS.scale);
  if (scales?.dtype !== 'F32' || scales.data.length * columns !== values.length)
    throw wrong(name, PARTS.scale, 'one scale a row');
  const data = new Float32Array(values.length);
  for (let at = 0, row = 0; at < data.length; row++) {
    const scale = scales.data[row] ?? 0;
    for (const end = at + columns; at < end; at++) data[at] = clamped((values[at] ?? 0) * scale, LARGEST_FLOAT32);
  }
  return { shape, data };
}

function fromLevels(name: string, packed: Uint8Array, tensors: StoredTensors): NamedWeight {
  const shape = tensors.get(name + PARTS.shape);
  if (shape?.dtype !== 'I32' || shape.data.length === 0 || !shape.data.every((size) => size >= 1))
    throw wrong(name, PARTS.shape, 'its shape');
  const levels = tensors.get(name + PARTS.levels);
  const bits = Math.log2(levels?.data.length ?? 0);
  if (levels?.dtype !== 'F32' || !(bits === 2 || bits === 3 || bits === 4))
    throw wrong(name, PARTS.levels, '4, 8 or 16 levels');
  const columns = shape.data.at(-1) ?? 1;
  const size = shape.data.reduce((product, length) => product * length, 1);
  const scales = tensors.get(name + PARTS.scale);
  if (scales?.dtype !== 'F16' || scales.data.length * columns !== size)
    throw wrong(name, PARTS.scale, 'one scale a row');
  if (packed.length !== Math.ceil((size * bits) / 8)) throw wrong(name, '', `${size} numbers of ${bits} bits each`);
  const indices = unpackBits(packed, bits, size);
  const data = new Float32Array(size);
  const values = new Float32Array(levels.data.length);
  for (let at = 0, row = 0; at < size; row++) {
    for (const [index, level] of levels.data.entries())
      values[index] = clamped(level * (scales.data[row] ?? 0), LARGEST_FLOAT32);
    for (const end = at + columns; at < end; at++) data[at] = values[indices[at] ?? 0] ?? 0;
  }
  return { shape: Array.from(shape.data), data };
}

function rowOf(data: Float32Array, row: number, columns: number): Float32Array {
  return data.subarray(row * columns, (row + 1) * columns);
}

function rootMeanSquare(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

function clamped(value: number, largest: number): number {
  return Math.max(-largest, Math.min(largest, value));
}

function wrong(name: string, part: string, expected: string): LockstepError {
  return new LockstepError('INVALID_ENSEMBLE', `Expected ${expected} of the tensor "${name}" in "${name}${part}"`);
}
