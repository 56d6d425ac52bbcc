import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { type Backend, loadBackend } from '../../../src/subtasks/backend.ts';
import { halving } from '../../../src/subtasks/layers/halving.ts';
import { maskedConvolution } from '../../../src/subtasks/layers/masked-convolution.ts';

describe('layers of a DPCNN', () => {
  let backend: Backend;
  before(async () => {
    backend = await loadBackend({ prefer: 'cpu' });
  });

  const applied = (layer: { apply(inputs: Tensor | Tensor[]): unknown }, ...inputs: Tensor[]): Tensor => {
    const [first] = inputs;
    const output = layer.apply(inputs.length === 1 && first ? first : inputs);
    if (!(output instanceof backend.tf.Tensor)) throw new Error('expected a tensor');
    return output;
  };

  it('halves positions by the maximum of three, with zeros beyond the end', () => {
    const { tf } = backend;
    const values = tf.tensor3d([[[1], [5], [2], [-3], [-4]]]);
    expect(applied(halving(backend), values).arraySync()).to.deep.equal([[[5], [2], [0]]]);
    expect(applied(halving(backend), tf.tensor3d([[[-7]]])).arraySync()).to.deep.equal([[[0]]]);
  });

  it('halves ids to a mask of the positions that see a token first', () => {
    const { tf } = backend;
    const ids = tf.tensor2d(
      [
        [7, 8, 9, 0, 0],
        [7, 8, 0, 0, 0],
        [0, 0, 0, 0, 0],
      ],
      [3, 5],
      'int32',
    );
    expect(applied(halving(backend), ids).arraySync()).to.deep.equal([
      [1, 1, 0],
      [1, 0, 0],
      [0, 0, 0],
    ]);
  });

  it('convolves without changing the length, and leaves padding zero', () => {
    const { tf } = backend;
    const layer = maskedConvolution(backend, { filters: 1, width: 3, rectified: true });
    const values = tf.tensor3d([[[1], [-2], [3], [0]]]);
    const ids = tf.tensor2d([[4, 5, 6, 0]], [1, 4], 'int32');
    applied(layer, values, ids); // builds it
    layer.setWeights([tf.tensor3d([1, 10, 100], [3, 1, 1]), tf.tensor1d([0.5])]);
    expect(applied(layer, values, ids).arraySync()).to.deep.equal([[[10.5], [301.5], [30.5], [0]]]);
  });
});
