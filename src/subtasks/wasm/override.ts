import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelFunc, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';

export type Core = typeof import('@tensorflow/tfjs-core');
export type WasmClass = typeof BackendWasm;
export type Attributes = Readonly<Record<string, unknown>>;
export type Inputs = Readonly<Record<string, TensorInfo | undefined>>;

/** What a kernel is called with. */
export interface KernelCall {
  readonly backend: BackendWasm;
  readonly inputs: Inputs;
  readonly attrs: Attributes;
}

type KernelResult = TensorInfo | TensorInfo[];

/** The kernel that was there before: called with the same arguments, or others. */
export type Original = (changed?: {
  readonly inputs: NamedTensorInfoMap;
  readonly attrs: NamedAttrMap;
}) => KernelResult;

/** Registers `run` as a kernel of the WASM backend. `original` is `undefined` where there was none. */
export function override(
  tf: Core,
  wasm: WasmClass,
  kernelName: string,
  run: (call: KernelCall, original: Original | undefined) => KernelResult,
): void {
  const before = tf.getKernel(kernelName, 'wasm');
  const kernelFunc: KernelFunc = (call) => {
    const { backend, inputs, attrs } = call;
    if (!(backend instanceof wasm)) throw new Error(`${kernelName}: not called by the WASM backend`);
    return run(
      { backend, inputs, attrs: { ...attrs } },
      before && ((changed) => before.kernelFunc({ ...call, ...changed })),
    );
  };
  if (before !== undefined) tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({ ...before, kernelName, backendName: 'wasm', kernelFunc });
}

/** The input called `name`. */
export function input(inputs: Inputs, name: string): TensorInfo {
  const tensor = inputs[name];
  if (tensor === undefined) throw new Error(`a kernel was called without its input "${name}"`);
  return tensor;
}

/**
 * The values of a tensor, where they lie in the heap. Take such views after the last allocation: making room may grow the
 * heap, which detaches them.
 */
export function floats(backend: BackendWasm, tensor: TensorInfo): Float32Array {
  const values = backend.typedArrayFromHeap(tensor);
  if (!(values instanceof Float32Array)) throw new Error(`expected a float32 tensor, got ${tensor.dtype}`);
  return values;
}

/** A list of numbers; a single number stands for both of two axes. */
export function sizes(value: unknown): number[] {
  return Array.isArray(value) ? value.map(Number) : [Number(value), Number(value)];
}

/** How many values a tensor of this shape has. */
export function product(shape: readonly number[]): number {
  return shape.reduce((all, size) => all * size, 1);
}
