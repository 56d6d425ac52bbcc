import { catchError, concatMap, defer, from, map, Observable, of, reduce, take, throwError, throwIfEmpty } from 'rxjs';
import { describe, LockstepError } from '../errors.ts';
import type { Scores, ScoresLike, Subtask } from '../subtasks/subtask.ts';
import { toScores } from './scores.ts';

/**
 * What a subtask says about a batch, checked. If it fails for the batch, the documents that break it are looked for by
 * bisection: their rows come back as `NaN`, those of their neighbours as scores. The search gives up after as many failures
 * as a few bad documents could cause, so that a subtask that is broken altogether is not called for each document.
 *
 * Errors with `SUBTASK_FAILED` or `INVALID_SCORES` if it could score none of them.
 */
export function runSubtask<D>(subtask: Subtask<D>, documents: readonly D[], bisect: boolean): Observable<Scores> {
  const whole = ask(subtask, documents);
  if (!bisect || documents.length === 1) return whole;
  return whole.pipe(catchError((error) => salvage(subtask, documents, error)));
}

function salvage<D>(subtask: Subtask<D>, documents: readonly D[], failure: unknown): Observable<Scores> {
  const columns = subtask.labels.length;
  let failures = 2 * Math.ceil(Math.log2(documents.length)) + 2;
  const lost = (count: number): Observable<Scores> => of(new Float32Array(count * columns).fill(Number.NaN));

  const halves = (batch: readonly D[]): Observable<Scores> => {
    const middle = batch.length >> 1;
    return from([batch.slice(0, middle), batch.slice(middle)]).pipe(
      concatMap((half) =>
        failures <= 0
          ? lost(half.length)
          : ask(subtask, half).pipe(
              catchError(() => {
                failures--;
                return half.length === 1 || failures <= 0 ? lost(half.length) : halves(half);
              }),
            ),
      ),
      reduce(joined, new Float32Array(0)),
    );
  };

  return halves(documents).pipe(
    concatMap((scores) => (scores.every(Number.isNaN) ? throwError(() => failure) : of(scores))),
  );
}

function joined(a: Scores, b: Scores): Scores {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** One call of the subtask; its `signal` is aborted if the answer is no longer wanted. */
function ask<D>(subtask: Subtask<D>, documents: readonly D[]): Observable<Scores> {
  return new Observable((subscriber) => {
    const controller = new AbortController();
    const fail = (error: unknown): void => {
      subscriber.error(
        error instanceof LockstepError
          ? error
          : new LockstepError('SUBTASK_FAILED', `Subtask ${subtask.name} failed: ${messageOf(error)}`, {
              cause: error,
            }),
      );
    };
    let answer: ReturnType<Subtask<D>['score']>;
    try {
      answer = subtask.score(documents, controller.signal);
      if (isScores(answer)) {
        subscriber.next(checked(subtask, documents.length, answer));
        subscriber.complete();
        return;
      }
    } catch (error) {
      fail(error);
      return;
    }
    let answered = false;
    const inner = defer(() => answer).pipe(
      take(1),
      throwIfEmpty(() => new LockstepError('INVALID_SCORES', `Subtask ${subtask.name} ended without an answer`)),
      map((scores) => checked(subtask, documents.length, scores)),
    );
    subscriber.add(() => {
      if (!answered) controller.abort();
    });
    subscriber.add(
      inner.subscribe({
        next: (scores) => {
          answered = true;
          subscriber.next(scores);
        },
        error: (error) => {
          answered = true;
          fail(error);
        },
        complete: () => subscriber.complete(),
      }),
    );
  });
}

function isScores(answer: unknown): answer is ScoresLike {
  return (
    ArrayBuffer.isView(answer) || (Array.isArray(answer) && (answer.length === 0 || typeof answer[0] === 'number'))
  );
}

/** Right shape or an error; rows with values that are no probabilities become abstentions. */
function checked<D>({ name, labels }: Subtask<D>, documents: number, answer: ScoresLike): Scores {
  const columns = labels.length;
  if (typeof answer?.length !== 'number' || answer.length !== documents * columns)
    throw new LockstepError(
      'INVALID_SCORES',
      `Expected ${documents} × ${columns} scores of subtask ${name}, got ${answer?.length ?? describe(answer)}`,
    );
  return toScores(answer, columns);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : describe(error);
}
