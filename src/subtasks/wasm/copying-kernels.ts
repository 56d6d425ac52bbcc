import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Core, floats, input, override, product, type WasmClass } from './override.ts';

/**
 * Replaces four kernels of tfjs' WASM backend that only copy, in the cases that our networks are made of; other cases go
 * to the kernels that were there. tfjs' lookup goes value by value, and its slices first copy the whole tensor out of the
 * heap: together they took nine tenths of an FCN's time and half of an LSTM's.
 */
export function registerCopyingKernels(tf: Core, wasm: WasmClass): void {
  override(tf, wasm, 'GatherV2', ({ backend, inputs, attrs }, original) => {
    const x = input(inputs, 'x');
    const indices = input(inputs, 'indices');
    const rows = attrs.axis === 0 && !attrs.batchDims && x.dtype === 'float32' && indices.dtype === 'int32';
    return rows || original === undefined ? gatherRows(backend, x, indices) : original();
  });
  override(tf, wasm, 'Slice', ({ backend, inputs, attrs }, original) => {
    const x = input(inputs, 'x');
    const [begin = [], size = []] = tf.slice_util.parseSliceParams(x, numbers(attrs.begin), numbers(attrs.size));
    const cut = onlyCut(x.shape, begin, size);
    if (original !== undefined && (cut === undefined || x.dtype !== 'float32')) return original();
    const { axis, start, count } = cut ?? { axis: 0, start: 0, count: x.shape[0] ?? 1 };
    return sliceAxis(backend, x, axis, start, count);
  });
  override(tf, wasm, 'Unpack', ({ backend, inputs, attrs }, original) => {
    const x = input(inputs, 'value');
    if (original !== undefined && x.dtype !== 'float32') return original();
    const axis = nonNegative(Number(attrs.axis), x);
    const shape = x.shape.toSpliced(axis, 1);
    return Array.from({ length: x.shape[axis] ?? 0 }, (_, at) => ({ ...sliceAxis(backend, x, axis, at, 1), shape }));
  });
  override(tf, wasm, 'SplitV', ({ backend, inputs, attrs }, original) => {
    const x = input(inputs, 'x');
    const { numOrSizeSplits: pieces } = attrs;
    const axis = nonNegative(Number(attrs.axis), x);
    const total = x.shape[axis] ?? 0;
    const even = typeof pieces === 'number' && total % pieces === 0;
    if (original !== undefined && (!even || x.dtype !== 'float32')) return original();
    const size = total / Number(pieces);
    return Array.from({ length: Number(pieces) }, (_, at) => sliceAxis(backend, x, axis, at * size, size));
  });
}

function nonNegative(axis: number, { shape }: TensorInfo): number {
  return axis < 0 ? axis + shape.length : axis;
}

/** tfjs takes a number where it means the first axis, and nothing where it means all. */
function numbers(value: unknown): number | number[] {
  return Array.isArray(value) ? value.map(Number) : Number(value ?? -1);
}

interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly count: number;
}

/** The one axis on which a slice takes less than all, or `undefined` if there are several, or none. */
function onlyCut(shape: readonly number[], begin: readonly number[], size: readonly number[]): Cut | undefined {
  const cuts = shape.flatMap((whole, axis): Cut[] => {
    const count = size[axis] ?? whole;
    return count === whole ? [] : [{ axis, start: begin[axis] ?? 0, count }];
  });
  return cuts.length === 1 ? cuts[0] : undefined;
}

/** `size` of the positions along one axis, from `start` on, and all of every other axis. */
function sliceAxis(backend: BackendWasm, x: TensorInfo, axis: number, start: number, size: number): TensorInfo {
  const result = backend.makeOutput(x.shape.with(axis, size), 'float32');
  const inner = product(x.shape.slice(axis + 1));
  const stride = (x.shape[axis] ?? 0) * inner;
  const run = size * inner;
  const out = floats(backend, result);
  const from = floats(backend, x);
  for (let to = 0, at = start * inner; to < out.length; to += run, at += stride)
    out.set(from.subarray(at, at + run), to);
  return result;
}

/** `out[i] = x[indices[i]]`, row by row. */
function gatherRows(backend: BackendWasm, x: TensorInfo, indices: TensorInfo): TensorInfo {
  const [rows = 0, ...rest] = x.shape;
  const width = product(rest);
  const result = backend.makeOutput([...indices.shape, ...rest], 'float32');
  const out = floats(backend, result);
  const from = floats(backend, x);
  for (const [to, row] of backend.typedArrayFromHeap(indices).entries()) {
    if (!(row >= 0 && row < rows)) throw new RangeError(`GatherV2: the index ${row} is not in [0, ${rows - 1}]`);
    out.set(from.subarray(row * width, (row + 1) * width), to * width);
  }
  return result;
}
