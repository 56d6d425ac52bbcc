import fc from 'fast-check';
import { counted, same } from './both.ts';

const size = fc.integer({ min: 1, max: 5 });

describe('faster kernels of the WASM backend', () => {
  it('multiply transposed matrices, and stacks of them, as the cpu backend does', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(size, { maxLength: 2 }),
        size,
        size,
        size,
        fc.boolean(),
        fc.boolean(),
        (stack, m, n, k, a, b) =>
          same((tf) => {
            const left = tf.sin(counted(tf, [...stack, ...(a ? [k, m] : [m, k])]));
            const right = tf.cos(counted(tf, [...stack, ...(b ? [n, k] : [k, n])]));
            return [tf.matMul(left, right, a, b)];
          }, 1e-5),
      ),
      { numRuns: 40 },
    ));

  it('compare with what is broadcast along one axis, along several, or not at all', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(size, fc.boolean()), { minLength: 1, maxLength: 4 }), (axes) =>
        same((tf) => {
          const values = tf.mod(
            counted(
              tf,
              axes.map(([axis]) => axis),
            ),
            3,
          );
          const other = tf.mod(
            counted(
              tf,
              axes.map(([axis, one]) => (one ? 1 : axis)),
            ),
            3,
          );
          return [tf.equal(values, other), tf.equal(other, values), tf.equal(values, 1)];
        }),
      ),
      { numRuns: 40 },
    ));

  it('give the gradient of a maximum as the cpu backend does', () =>
    same((tf) => [tf.grad((x) => tf.max(x, 1))(tf.sin(counted(tf, [3, 4, 2])))], 1e-6));
});
