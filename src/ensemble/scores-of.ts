import { firstValueFrom } from 'rxjs';
import type { Encoded } from '../document/document.ts';
import { runSubtask } from '../lanes/run-subtask.ts';
import type { Subtask } from '../subtasks/subtask.ts';

const BATCH = 256;

/**
 * What a subtask says about all documents, batch by batch: `documents × labels`, `NaN` where it abstains.
 *
 * @throws LockstepError `SUBTASK_FAILED` or `INVALID_SCORES` if it does not answer as it should.
 */
export async function scoresOf(subtask: Subtask<Encoded>, documents: readonly Encoded[]): Promise<Float32Array> {
  const columns = subtask.labels.length;
  const scores = new Float32Array(documents.length * columns);
  for (let start = 0; start < documents.length; start += BATCH) {
    const answer = runSubtask(subtask, documents.slice(start, start + BATCH), false);
    scores.set(await firstValueFrom(answer), start * columns);
  }
  return scores;
}
