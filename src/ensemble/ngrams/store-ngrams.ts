import { LockstepError } from '../../errors.ts';
import type { NgramsConfig } from '../../subtasks/lane-config.ts';
import { HASH_BITS } from '../../subtasks/ngrams/ngram-features.ts';
import type { NgramsLane, NgramTable } from '../../subtasks/ngrams/ngram-table.ts';
import { packBits, unpackBits } from '../codec/bits.ts';
import { decodeSet, encodeSet } from '../codec/golomb.ts';
import { bestLevels, nearestLevel } from '../codec/levels.ts';
import { bitsOfLevels, type Precision, type Precisions, precisionOfLane, precisionsOf } from '../quantize.ts';
import type { StoredTensor, StoredTensors } from '../safetensors.ts';

const LARGEST_INT8 = 127;

/**
 * Lanes over n-grams as they are stored: for the label at index `i` of a lane
 *
 * - `<lane>/<i>/keys`, `U8`: the hashes as a Golomb-coded set;
 * - `<lane>/<i>/weights`: their weights, in their order, `I8`; with a precision of 4 bits or less the indices of levels instead,
 *   `U8`, packed without gaps, and the levels as `<lane>/<i>/levels`, `I8`, ascending;
 * - `<lane>/<i>/line`, `F32`: what a weight is multiplied by, and what is added to their sum.
 *
 * Weights have 8 bits from the start, so a precision above changes nothing.
 */
export function packNgrams(lanes: readonly NgramsLane[], precision: Precision | Precisions = '8-bit'): StoredTensors {
  const precisions = precisionsOf(precision);
  const tensors = new Map<string, StoredTensor>();
  for (const { config, tables } of lanes) {
    const bits = bitsOfLevels(precisionOfLane(precisions, config.name));
    for (const [i, table] of tables.entries()) {
      const names = namesOf(config, i);
      tensors.set(names.keys, bytes(encodeSet(toNatural(table.keys, config), hashBitsOf(config))));
      const { weights, scale, levels } = bits === undefined ? { ...table, levels: undefined } : toLevels(table, bits);
      if (levels === undefined || bits === undefined) tensors.set(names.weights, integers(weights));
      else {
        tensors.set(names.levels, integers(levels));
        tensors.set(names.weights, bytes(packBits(Uint8Array.from(weights), bits)));
      }
      tensors.set(names.line, { dtype: 'F32', shape: [2], data: Float32Array.of(scale, table.bias) });
    }
  }
  return tensors;
}

/**
 * The lanes that stored tensors stand for, and the tensors that are left. Hashes may also be there as they are, `I32` and ascending,
 * as the first ensembles have them.
 *
 * @throws LockstepError `INVALID_ENSEMBLE`, naming the tensor, if one is missing or not what it should be.
 */
export function unpackNgrams(
  configs: readonly NgramsConfig[],
  tensors: StoredTensors,
): { readonly lanes: readonly NgramsLane[]; readonly rest: StoredTensors } {
  const rest = new Map(tensors);
  const lanes = configs.map((config) => ({
    config,
    tables: config.labels.map((_, i) => {
      const names = namesOf(config, i);
      for (const name of Object.values(names)) rest.delete(name);
      return tableOf(config, names, tensors);
    }),
  }));
  return { lanes, rest };
}

interface Names {
  readonly keys: string;
  readonly weights: string;
  readonly levels: string;
  readonly line: string;
}

function namesOf({ name }: NgramsConfig, index: number): Names {
  const at = `${name}/${index}`;
  return { keys: `${at}/keys`, weights: `${at}/weights`, levels: `${at}/levels`, line: `${at}/line` };
}

function hashBitsOf({ features }: NgramsConfig): number {
  return features.hashBits ?? HASH_BITS;
}

/** Added to a hash of all bits, so that the least one becomes 0; shorter ones are none below 0. */
function offsetOf(config: NgramsConfig): number {
  return hashBitsOf(config) === HASH_BITS ? 2 ** (HASH_BITS - 1) : 0;
}

function toNatural(keys: Int32Array, config: NgramsConfig): Float64Array {
  const offset = offsetOf(config);
  return Float64Array.from(keys, (key) => key + offset);
}

/** The levels of least squared error for the weights of a table, in units of a scale by which the outermost is ±127. */
function toLevels({ weights, scale }: NgramTable, bits: number) {
  const counts = new Map<number, number>();
  for (const weight of weights) counts.set(weight, (counts.get(weight) ?? 0) + 1);
  const points = [...counts.keys()].sort((a, b) => a - b);
  const masses = points.map((point) => counts.get(point) ?? 0);
  const best = bestLevels(points, masses, 2 ** bits);
  const unit = best.reduce((most, level) => Math.max(most, Math.abs(level)), 0) / LARGEST_INT8 || 1;
  const levels = Int8Array.from(best, (level) => Math.round(level / unit));
  return { levels, scale: scale * unit, weights: weights.map((weight) => nearestLevel(levels, weight / unit)) };
}

function tableOf(config: NgramsConfig, names: Names, tensors: StoredTensors): NgramTable {
  const keys = keysOf(config, names.keys, tensors.get(names.keys));
  if (!keys.every((key, at) => key !== 0 && (at === 0 || key > (keys[at - 1] ?? 0))))
    throw wrong(names.keys, 'different hashes, ascending, none of them 0');
  const weights = weightsOf(names, tensors, keys.length);
  const line = tensors.get(names.line);
  if (line?.dtype !== 'F32' || line.data.length !== 2 || !line.data.every(Number.isFinite))
    throw wrong(names.line, 'two finite numbers');
  return { keys, weights, scale: line.data[0] ?? 0, bias: line.data[1] ?? 0 };
}

function keysOf(config: NgramsConfig, name: string, tensor: StoredTensor | undefined): Int32Array {
  if (tensor?.dtype === 'I32') return tensor.data;
  if (tensor?.dtype !== 'U8') throw wrong(name, 'hashes');
  const offset = offsetOf(config);
  try {
    return Int32Array.from(decodeSet(tensor.data, hashBitsOf(config)), (key) => key - offset);
  } catch (cause) {
    throw wrong(name, `hashes of ${hashBitsOf(config)} bits`, cause);
  }
}

function weightsOf(names: Names, tensors: StoredTensors, count: number): Int8Array {
  const weights = tensors.get(names.weights);
  if (weights?.dtype === 'I8' && weights.data.length === count) return weights.data;
  if (weights?.dtype !== 'U8') throw wrong(names.weights, `${count} weights, one a hash`);
  const levels = tensors.get(names.levels);
  const bits = Math.log2(levels?.data.length ?? 0);
  if (levels?.dtype !== 'I8' || !(bits === 2 || bits === 3 || bits === 4))
    throw wrong(names.levels, '4, 8 or 16 levels');
  try {
    return Int8Array.from(unpackBits(weights.data, bits, count), (index) => levels.data[index] ?? 0);
  } catch (cause) {
    throw wrong(names.weights, `${count} weights of ${bits} bits, one a hash`, cause);
  }
}

function bytes(data: Uint8Array): StoredTensor {
  return { dtype: 'U8', shape: [data.length], data };
}

function integers(data: Int8Array): StoredTensor {
  return { dtype: 'I8', shape: [data.length], data };
}

function wrong(name: string, expected: string, cause?: unknown): LockstepError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new LockstepError('INVALID_ENSEMBLE', `Expected the tensor "${name}" to hold ${expected}${why}`, { cause });
}
