import { LockstepError } from '../errors.ts';
import type { NamedWeight, NamedWeights } from '../subtasks/network.ts';
import type { StoredTensor, StoredTensors } from './safetensors.ts';

/** How weights are stored: matrices of {@link SMALLEST} values and more in 8 bits a value, or all in 32. */
export type Precision = '8-bit' | 'f32';

/** Smaller weights are not worth the loss. */
const SMALLEST = 1024;
const LEVELS = 127;
const SCALE = '.scale';

/**
 * Weights as they are stored. In 8 bits a matrix becomes an `I8` tensor and, as `<name>.scale`, one `F32` factor a row,
 * so that the largest value of each row is ±127; a value is off by at most half a factor.
 */
export function packWeights(weights: NamedWeights, precision: Precision): StoredTensors {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, weight] of weights) {
    const { shape, data } = weight;
    if (precision === 'f32' || shape.length < 2 || data.length < SMALLEST) {
      tensors.set(name, { dtype: 'F32', shape, data });
      continue;
    }
    const { values, scales } = quantize(weight);
    tensors.set(name, { dtype: 'I8', shape, data: values });
    tensors.set(name + SCALE, { dtype: 'F32', shape: [scales.length], data: scales });
  }
  return tensors;
}

/**
 * The weights that stored tensors stand for.
 *
 * @throws LockstepError `INVALID_ENSEMBLE` if a tensor of 8 bits lacks its scales or they do not fit.
 */
export function unpackWeights(tensors: StoredTensors): Map<string, NamedWeight> {
  const weights = new Map<string, NamedWeight>();
  for (const [name, tensor] of tensors) {
    const { shape } = tensor;
    if (tensor.dtype === 'I32') throw new LockstepError('INVALID_ENSEMBLE', `The tensor "${name}" is no weight`);
    if (tensor.dtype === 'I8') {
      weights.set(name, { shape, data: dequantize(name, tensor.data, shape, tensors.get(name + SCALE)) });
    } else if (!(name.endsWith(SCALE) && tensors.get(name.slice(0, -SCALE.length))?.dtype === 'I8')) {
      weights.set(name, { shape, data: tensor.data });
    }
  }
  return weights;
}

function quantize({ shape, data }: NamedWeight): { values: Int8Array; scales: Float32Array } {
  const columns = shape.at(-1) ?? 1;
  const scales = new Float32Array(data.length / columns);
  const values = new Int8Array(data.length);
  for (let row = 0; row < scales.length; row++) {
    const cells = data.subarray(row * columns, (row + 1) * columns);
    const largest = cells.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    scales[row] = largest / LEVELS;
    const scale = scales[row] ?? 0; // as rounded to 32 bits: what a reader will multiply by
    if (scale === 0) continue;
    for (const [column, value] of cells.entries())
      values[row * columns + column] = Math.max(-LEVELS, Math.min(LEVELS, Math.round(value / scale)));
  }
  return { values, scales };
}

function dequantize(
  name: string,
  values: Int8Array,
  shape: readonly number[],
  scales: StoredTensor | undefined,
): Float32Array {
  const columns = shape.at(-1) ?? 1;
  if (scales?.dtype !== 'F32' || scales.data.length * columns !== values.length)
    throw new LockstepError(
      'INVALID_ENSEMBLE',
      `Expected one scale a row of the tensor "${name}" in "${name}${SCALE}"`,
    );
  return Float32Array.from(values, (value, index) => value * (scales.data[Math.floor(index / columns)] ?? 0));
}
