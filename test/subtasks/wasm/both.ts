import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { type Backend, type BackendName, loadBackend } from '../../../src/subtasks/backend.ts';

export type Compute = (tf: Backend['tf']) => Tensor[];

interface Computed {
  readonly shape: readonly number[];
  readonly values: number[];
}

/** Shapes and values that `compute` gives on one backend. */
async function on(name: BackendName, compute: Compute): Promise<Computed[]> {
  const { tf } = await loadBackend({ prefer: name });
  return tf.tidy(() => compute(tf).map((tensor) => ({ shape: tensor.shape, values: Array.from(tensor.dataSync()) })));
}

/** Expects that `compute` gives the same on the WASM and the cpu backend, within `tolerance`, and leaves no tensor. */
export async function same(compute: Compute, tolerance = 0): Promise<void> {
  const { tf } = await loadBackend({ prefer: 'wasm' });
  const before = tf.memory().numTensors;
  const wasm = await on('wasm', compute);
  const cpu = await on('cpu', compute);
  expect(tf.memory().numTensors).to.equal(before);
  expect(wasm.map(({ shape }) => shape)).to.deep.equal(cpu.map(({ shape }) => shape));
  const differences = wasm.flatMap(({ values }, at) =>
    values.map((value, i) => Math.abs(value - (cpu[at]?.values[i] ?? Number.NaN))),
  );
  expect(Math.max(0, ...differences)).to.be.at.most(tolerance);
}

/** 1, 2, 3, ... in a shape. */
export function counted(tf: Backend['tf'], shape: readonly number[], type: 'float32' | 'int32' = 'float32'): Tensor {
  const size = shape.reduce((product, axis) => product * axis, 1);
  return tf.reshape(tf.range(1, 1 + size, 1, type), [...shape]);
}
