import type { Encoded } from '../document/document.ts';
import { invalidArgument } from '../errors.ts';
import { type OwnModelOptions, ownModelSubtask } from './own-model.ts';
import type { Subtask } from './subtask.ts';

/** Options of {@link layersModelSubtask}. */
export interface LayersModelOptions extends OwnModelOptions {
  /** Your tensor library, the same that the model was made with: `@tensorflow/tfjs`, `tfjs-node` or `tfjs-core`. */
  readonly tf: Pick<typeof import('@tensorflow/tfjs-core'), 'tensor2d' | 'tidy'>;
  /** Takes token ids, `documents × tokens`, padded with 0, and gives `documents × labels`. It stays yours: you dispose of it. */
  readonly model: Pick<import('@tensorflow/tfjs-layers').LayersModel, 'predictOnBatch'>;
}

/**
 * A lane of a `tf.LayersModel` of your own, trained with the vocabulary of the ensemble that it joins. It runs in this thread, so keep it
 * small, or give your own {@link subtask} that asks another thread. No tensor of a batch is left behind.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { loadLayersModel } from '@tensorflow/tfjs-layers';
 * import { from } from 'rxjs';
 * import { classify, layersModelSubtask, loadEnsemble, shippedModel } from 'rx-lockstep';
 *
 * const news = await loadEnsemble(shippedModel('en-news'));
 * const model = await loadLayersModel('https://models.example/mine/model.json');
 * const mine = layersModelSubtask({ name: 'mine', labels: news.labels, tf, model });
 * const both = { ...news, subtasks: [...news.subtasks, mine], weights: { ...news.weights, mine: 0.5 } };
 * from([{ text: 'Oil prices climb' }]).pipe(classify(both)).subscribe(({ verdict }) => console.log(verdict.label));
 * ```
 * @throws LockstepError `INVALID_ARGUMENT` if an option is not what it should be.
 */
export function layersModelSubtask({ tf, model, ...options }: LayersModelOptions): Subtask<Encoded> {
  if (typeof model?.predictOnBatch !== 'function') throw invalidArgument('model', 'a tf.LayersModel', model);
  if (typeof tf?.tensor2d !== 'function') throw invalidArgument('tf', 'a tensor library', tf);
  return ownModelSubtask(options, async ({ data, rows, columns }) => {
    const output = tf.tidy(() => {
      const answer = model.predictOnBatch(tf.tensor2d(data, [rows, columns], 'int32'));
      return Array.isArray(answer) ? answer[0] : answer;
    });
    if (output === undefined) return [];
    try {
      return await output.data();
    } finally {
      output.dispose();
    }
  });
}
