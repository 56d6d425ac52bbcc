import type { Tensor } from '@tensorflow/tfjs-core';
import type { Backend } from '../backend.ts';

/** 1 where ids `[batch, length]` hold a token, 0 where they hold padding, as float32. */
export function tokenMask({ tf }: Pick<Backend, 'tf'>, ids: Tensor): Tensor {
  return tf.cast(tf.notEqual(ids, tf.scalar(0, ids.dtype === 'int32' ? 'int32' : 'float32')), 'float32');
}

/** The inputs of a layer that takes several: values first, ids second. */
export function valuesAndIds(inputs: Tensor | Tensor[]): readonly [Tensor, Tensor] {
  const [values, ids] = Array.isArray(inputs) ? inputs : [inputs];
  if (values === undefined || ids === undefined) throw new Error('the layer takes two inputs, values and ids');
  return [values, ids];
}
