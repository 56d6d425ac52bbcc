import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Core, floats, input, override, product, type WasmClass } from './override.ts';

/**
 * Replaces two kernels of tfjs' WASM backend on which gradients spend most of their time: products with transposed
 * matrices, which it computes without its fast routine (here they are transposed first), and comparison with a tensor that
 * is broadcast along one axis, the gradient of a maximum.
 */
export function registerFasterKernels(tf: Core, wasm: WasmClass): void {
  override(tf, wasm, 'BatchMatMul', ({ backend, inputs, attrs }, original) => {
    if (original === undefined) throw new Error('the WASM backend has no BatchMatMul');
    const sides = { a: attrs.transposeA === true, b: attrs.transposeB === true };
    const a = input(inputs, 'a');
    const b = input(inputs, 'b');
    if (!(sides.a || sides.b) || a.dtype !== 'float32' || b.dtype !== 'float32') return original();
    const upright = {
      a: sides.a ? transposed(backend, a) : a,
      b: sides.b ? transposed(backend, b) : b,
    };
    const result = original({ inputs: upright, attrs: { transposeA: false, transposeB: false } });
    for (const side of ['a', 'b'] as const) if (sides[side]) backend.disposeData(upright[side].dataId);
    return result;
  });
  override(tf, wasm, 'Equal', ({ backend, inputs }, original) => {
    const a = input(inputs, 'a');
    const b = input(inputs, 'b');
    const axis = broadcastAxis(a.shape, b.shape);
    if (original !== undefined && (axis === undefined || a.dtype !== 'float32' || b.dtype !== 'float32'))
      return original();
    return equalAlong(backend, a, b, axis ?? 0);
  });
}

/** The one axis along which `b` has one value and `a` several, all others being alike. */
function broadcastAxis(a: readonly number[], b: readonly number[]): number | undefined {
  if (a.length !== b.length) return undefined;
  const different = a.flatMap((size, axis) => (size === b[axis] ? [] : [axis]));
  const [axis] = different;
  return different.length === 1 && axis !== undefined && b[axis] === 1 ? axis : undefined;
}

function equalAlong(backend: BackendWasm, a: TensorInfo, b: TensorInfo, axis: number): TensorInfo {
  const result = backend.makeOutput(a.shape, 'bool');
  const out = backend.typedArrayFromHeap(result);
  const left = floats(backend, a);
  const right = floats(backend, b);
  const inner = product(a.shape.slice(axis + 1));
  const stride = (a.shape[axis] ?? 1) * inner;
  for (let at = 0; at < out.length; at += 1)
    out[at] = left[at] === right[Math.floor(at / stride) * inner + (at % inner)] ? 1 : 0;
  return result;
}

/** The matrices in the last two axes, each turned over. */
function transposed(backend: BackendWasm, x: TensorInfo): TensorInfo {
  const [rows = 0, columns = 0] = x.shape.slice(-2);
  const stack = product(x.shape.slice(0, -2));
  const result = backend.makeOutput([...x.shape.slice(0, -2), columns, rows], 'float32');
  const from = floats(backend, x);
  const to = floats(backend, result);
  const size = rows * columns;
  for (let at = 0; at < stack; at += 1)
    for (let row = 0; row < rows; row += 1)
      for (let column = 0; column < columns; column += 1)
        to[at * size + column * rows + row] = from[at * size + row * columns + column] ?? 0;
  return result;
}
