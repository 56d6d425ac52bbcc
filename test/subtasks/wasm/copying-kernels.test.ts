import { expect } from 'chai';
import fc from 'fast-check';
import { type Backend, loadBackend } from '../../../src/subtasks/backend.ts';
import { counted, same } from './both.ts';

const shape = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 });
const dtype = fc.constantFrom<'float32' | 'int32'>('float32', 'int32');

describe('copying kernels of the WASM backend', () => {
  it('slice any box out of any shape as the cpu backend does', () =>
    fc.assert(
      fc.asyncProperty(
        shape,
        dtype,
        fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 5, maxLength: 5 }),
        (axes, type, cuts) => {
          const begin = axes.map((axis, at) => (cuts[at]?.[0] ?? 0) % axis);
          const size = axes.map((axis, at) => 1 + ((cuts[at]?.[1] ?? 0) % (axis - (begin[at] ?? 0))));
          return same((tf) => [tf.slice(counted(tf, axes, type), begin, size)]);
        },
      ),
      { numRuns: 50 },
    ));

  it('slice with -1 and with a number', async () => {
    await same((tf) => [tf.slice(counted(tf, [4, 3], 'float32'), [1, 0], [-1, 3])]);
    await same((tf) => [tf.slice(counted(tf, [4, 3], 'float32'), 2)]);
    await same((tf) => [tf.slice(counted(tf, [4, 3], 'float32'), 1, 2)]);
  });

  it('unstack and split along any axis as the cpu backend does', () =>
    fc.assert(
      fc.asyncProperty(shape, dtype, fc.nat(), fc.boolean(), async (axes, type, where, fromEnd) => {
        const axis = (where % axes.length) - (fromEnd ? axes.length : 0);
        const count = axes.at(axis) ?? 1;
        await same((tf) => tf.unstack(counted(tf, axes, type), axis));
        await same((tf) => tf.split(counted(tf, axes, type), count, axis));
        await same((tf) => tf.split(counted(tf, axes, type), [1, count - 1], axis));
      }),
      { numRuns: 30 },
    ));

  it('look rows up as the cpu backend does, along any axis', async () => {
    const ids = (tf: Backend['tf']) =>
      tf.tensor2d(
        [
          [2, 0, 1],
          [1, 1, 2],
        ],
        [2, 3],
        'int32',
      );
    for (const type of ['float32', 'int32'] as const)
      for (const axis of [0, 1, 2]) await same((tf) => [tf.gather(counted(tf, [3, 4, 3], type), ids(tf), axis)]);
  });

  it('refuse an id that is outside', async () => {
    const { tf } = await loadBackend({ prefer: 'wasm' });
    for (const id of [-1, 3])
      expect(() => tf.tidy(() => tf.gather(tf.zeros([3, 2]), tf.tensor1d([id], 'int32')))).to.throw(
        RangeError,
        `${id}`,
      );
  });
});
