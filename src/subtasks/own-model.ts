import type { Encoded } from '../document/document.ts';
import { checkCount, invalidArgument, LockstepError } from '../errors.ts';
import { softmax } from '../integrate/decide.ts';
import { type PackedIds, packIds } from './pack-ids.ts';
import { type Subtask, subtask } from './subtask.ts';

/** What a lane of your own model is, whatever runs it. */
export interface OwnModelOptions {
  /** Unique within an ensemble; it names the lane. */
  readonly name: string;
  /** What the model tells apart, in the order of its outputs. */
  readonly labels: readonly string[];
  /** In tokens; longer documents are cut. @default 256 */
  readonly maxLength?: number | undefined;
  /** To so many tokens all are padded with 0: the width of the widest filter, or `maxLength` for a model of fixed size. @default 1 */
  readonly minLength?: number | undefined;
  /** What makes probabilities of the outputs, if they are none yet. @default 'none' */
  readonly activation?: 'none' | 'sigmoid' | 'softmax' | undefined;
}

const MAX_LENGTH = 256;

/**
 * A subtask of a model over token ids: packs the ids of a batch into one matrix, and makes probabilities of what `run` gives for it.
 *
 * @param run gives `rows × labels` numbers
 * @throws LockstepError `INVALID_ARGUMENT` if an option is not what it should be.
 */
export function ownModelSubtask(
  { name, labels, maxLength = MAX_LENGTH, minLength = 1, activation = 'none' }: OwnModelOptions,
  run: (ids: PackedIds) => Promise<ArrayLike<number>>,
): Subtask<Encoded> {
  checkCount('maxLength', maxLength);
  if (checkCount('minLength', minLength) > maxLength)
    throw invalidArgument('minLength', `at most maxLength, ${maxLength}`, minLength);
  if (activation !== 'none' && activation !== 'sigmoid' && activation !== 'softmax')
    throw invalidArgument('activation', "'none', 'sigmoid' or 'softmax'", activation);
  return subtask(name, labels, async (documents) => {
    const output = await run(packIds(documents, maxLength, minLength));
    const expected = documents.length * labels.length;
    if (output.length !== expected)
      throw new LockstepError(
        'INVALID_SCORES',
        `Expected the model of ${name} to give ${documents.length} × ${labels.length} numbers, got ${output.length}`,
      );
    const scores = Float64Array.from(output);
    if (activation === 'sigmoid') return scores.map((logit) => 1 / (1 + Math.exp(-logit)));
    if (activation === 'softmax')
      for (let start = 0; start < expected; start += labels.length)
        softmax(scores.subarray(start, start + labels.length));
    return scores;
  });
}
