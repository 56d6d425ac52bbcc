import type { Encoded } from '../document/document.ts';
import { invalidArgument, LockstepError } from '../errors.ts';
import { type OwnModelOptions, ownModelSubtask } from './own-model.ts';
import type { Subtask } from './subtask.ts';

/** Of an `InferenceSession`, what is used. */
export interface OnnxSession<T> {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(inputs: Readonly<Record<string, T>>): Promise<Readonly<Record<string, unknown>>>;
}

/** Options of {@link onnxSubtask}. */
export interface OnnxOptions<T> extends OwnModelOptions {
  /** An open model: `await InferenceSession.create('mine.onnx')` of onnxruntime-node or onnxruntime-web. It stays yours: you release it. */
  readonly session: OnnxSession<T>;
  /** Makes the model's input of token ids, as it wants them: `(ids, dims) => new Tensor('int64', BigInt64Array.from(ids, BigInt), dims)`. */
  readonly tensor: (ids: Int32Array, dims: readonly [documents: number, tokens: number]) => T;
  /** The input that takes the ids. @default the first */
  readonly input?: string | undefined;
  /** The output with `documents × labels` numbers. @default the first */
  readonly output?: string | undefined;
}

/**
 * A lane of an ONNX file, trained with the vocabulary of the ensemble that it joins. The runtime is yours, so this library does not need
 * it: `npm install onnxruntime-node`, with a line `onnxruntime-node-install=skip` in `.npmrc` where its download is refused.
 *
 * @example
 * ```ts
 * // import { InferenceSession, Tensor } from 'onnxruntime-node';
 * const news = await loadEnsemble(shippedModel('en-news'));
 * const mine = onnxSubtask({
 *   name: 'mine',
 *   labels: news.labels,
 *   session: await InferenceSession.create('mine.onnx'),
 *   tensor: (ids, dims) => new Tensor('int64', BigInt64Array.from(ids, BigInt), dims),
 *   activation: 'softmax',
 * });
 * headlines$.pipe(classify({ ...news, subtasks: [...news.subtasks, mine], weights: { ...news.weights, mine: 0.5 } }));
 * ```
 * @throws LockstepError `INVALID_ARGUMENT` if an option is not what it should be, or the model has no such input or output.
 */
export function onnxSubtask<T>({ session, tensor, input, output, ...options }: OnnxOptions<T>): Subtask<Encoded> {
  if (typeof session?.run !== 'function') throw invalidArgument('session', 'an InferenceSession', session);
  if (typeof tensor !== 'function') throw invalidArgument('tensor', 'a function', tensor);
  const inputName = nameOf('input', input, session.inputNames);
  const outputName = nameOf('output', output, session.outputNames);
  return ownModelSubtask(options, async ({ data, rows, columns }) => {
    const answers = await session.run({ [inputName]: tensor(data, [rows, columns]) });
    const answer = answers[outputName];
    if (answer instanceof Object && 'data' in answer && answer.data instanceof Float32Array) return answer.data;
    throw new LockstepError(
      'INVALID_SCORES',
      `Expected the output ${outputName} of ${options.name} to be of 32-bit floats`,
    );
  });
}

function nameOf(option: string, given: string | undefined, known: readonly string[]): string {
  const name = given ?? known[0];
  if (name !== undefined && known.includes(name)) return name;
  throw invalidArgument(option, `one of ${known.join(', ')}`, name);
}
