import { LockstepError, type LockstepErrorCode } from '../errors.ts';
import type { EngineBackend } from './backend.ts';
import type { PackedIds } from './pack-ids.ts';

/** What is to be scored: ids in one lane that is a network, or texts in a group of lanes over n-grams. */
export type ScoreTask =
  | { readonly lane: string; readonly packed: PackedIds }
  | { readonly group: number; readonly texts: readonly string[] };

/** What the thread of the models is asked. */
export type ScoreRequest = ScoreTask & { readonly id: number };

/** What it answers: first `ready` or `failed`, then one answer a request. */
export type WorkerAnswer =
  | { readonly type: 'ready'; readonly backend: EngineBackend; readonly notes: readonly string[] }
  | { readonly type: 'failed'; readonly error: SentError }
  | { readonly type: 'scores'; readonly id: number; readonly scores: readonly Float32Array<ArrayBuffer>[] }
  | { readonly type: 'error'; readonly id: number; readonly error: SentError };

/** An error on its way between threads: a clone of the object would lose its class and its code. */
export interface SentError {
  readonly code: LockstepErrorCode | undefined;
  readonly message: string;
  readonly stack: string | undefined;
}

export function packError(error: unknown): SentError {
  if (!(error instanceof Error)) return { code: undefined, message: String(error), stack: undefined };
  const code = error instanceof LockstepError ? error.code : undefined;
  return { code, message: error.message, stack: error.stack };
}

/** The error with its stack in the other thread; `otherwise` is the code of one that had none there. */
export function unpackError({ code, message, stack }: SentError, otherwise: LockstepErrorCode): LockstepError {
  const cause = new Error(message);
  if (stack !== undefined) cause.stack = stack;
  return new LockstepError(code ?? otherwise, message, { cause });
}
