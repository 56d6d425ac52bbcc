import type { Tensor4D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import fc from 'fast-check';
import { type BackendName, loadBackend } from '../../../src/subtasks/backend.ts';
import { buildNetwork } from '../../../src/subtasks/network.ts';
import { DOCUMENTS, difference, loudWeights, TOY } from '../toy.ts';
import { counted, same } from './both.ts';

/** The gradients of all weights of the toy network, of the sum of its squared scores. */
async function gradients(name: BackendName): Promise<number[][]> {
  const backend = await loadBackend({ prefer: name });
  const { tf } = backend;
  const network = buildNetwork(backend, TOY);
  network.setWeights(loudWeights(backend));
  const variables = [...network.weights().values()].filter((weight) => weight instanceof tf.Variable);
  const values = tf.tidy(() => {
    const ids = tf.tensor2d(
      DOCUMENTS.slice(4, 12).flatMap(({ ids }) => [...ids.subarray(0, 4)]),
      [8, 4],
      'int32',
    );
    const { grads } = tf.variableGrads(() => {
      const outputs = network.trainable.apply(ids, { training: true });
      const tensors = (Array.isArray(outputs) ? outputs : [outputs]).filter((output) => output instanceof tf.Tensor);
      return tf.reshape(tf.addN(tensors.map((output) => tf.sum(tf.square(output)))), []);
    }, variables);
    return variables.map((variable) => Array.from(grads[variable.name]?.dataSync() ?? []));
  });
  network.dispose();
  return values;
}

describe('training kernels of the WASM backend', () => {
  it('give the gradients of every lane as the cpu backend does', async () => {
    const wasm = await gradients('wasm');
    expect(wasm.length).to.be.above(20);
    for (const gradient of wasm) expect(Math.max(...gradient.map(Math.abs))).to.be.above(1e-4);
    expect(difference(wasm, await gradients('cpu'))).to.be.below(1e-5);
  });

  it('sum segments as the cpu backend does', () =>
    same((tf) => [tf.unsortedSegmentSum(counted(tf, [6, 2, 2]), tf.tensor1d([2, 0, 2, 3, 0, 2], 'int32'), 5)]));

  it('give the gradients of any convolution as the cpu backend does, for dense and for sparse errors', async () => {
    const size = fc.integer({ min: 1, max: 3 });
    const shapes = fc.record({
      batch: size,
      height: fc.integer({ min: 3, max: 5 }),
      width: fc.integer({ min: 3, max: 5 }),
      channels: size,
      filters: size,
      kernel: fc.tuple(size, size),
      stride: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
      pad: fc.constantFrom<'same' | 'valid'>('same', 'valid'),
      sparse: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(shapes, async ({ batch, height, width, channels, filters, kernel, stride, pad, sparse }) => {
        await same((tf) => {
          const image: Tensor4D = tf.reshape(tf.sin(counted(tf, [batch, height, width, channels])), [
            batch,
            height,
            width,
            channels,
          ]);
          const filter: Tensor4D = tf.reshape(tf.cos(counted(tf, [...kernel, channels, filters])), [
            ...kernel,
            channels,
            filters,
          ]);
          const { shape } = tf.conv2d(image, filter, stride, pad);
          const dense = tf.sin(counted(tf, shape));
          const errors = sparse
            ? tf.mul(dense, tf.cast(tf.equal(tf.mod(counted(tf, shape), 10), 0), 'float32'))
            : dense;
          const byFilter = tf.grad((by) => tf.mul(tf.conv2d(image, tf.reshape(by, filter.shape), stride, pad), errors));
          const byImage = tf.grad((by) =>
            tf.mul(tf.conv2d<Tensor4D>(tf.reshape(by, image.shape), filter, stride, pad), errors),
          );
          return [byFilter(filter), byImage(image)];
        }, 1e-4);
      }),
      { numRuns: 40 },
    );
  });
});
