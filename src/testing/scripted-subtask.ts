import { EMPTY, mergeMap, NEVER, type Observable, of, type SchedulerLike, throwError, timer } from 'rxjs';
import type { Document } from '../document/document.ts';
import { invalidArgument, LockstepError } from '../errors.ts';
import type { ScoresLike, Subtask } from '../subtasks/subtask.ts';

/**
 * How a scripted lane answers each batch. Either a marble: a dash for each frame it takes, then what it says of every document,
 * a digit for its score (`1` is certain, `0` is certainly not, `2` to `9` are tenths), `#` for a failure or `|` for an end
 * without an answer; dashes alone never answer. Or the dashes and a score for each document, by the document's text; it
 * abstains about documents that are not named.
 */
export type LaneScript = string | readonly [dashes: string, scores: Readonly<Record<string, number>>];

const MARBLE = /^(-*)([0-9#|]?)$/;

/** A one-vs-rest subtask that follows a script, with the lane's name as its label. */
export function scriptedSubtask(name: string, script: LaneScript, scheduler: SchedulerLike): Subtask<Document> {
  const [marble, scores] = typeof script === 'string' ? [script] : script;
  const match = MARBLE.exec(marble);
  const symbol = match?.[2] ?? '';
  if (!match || (scores && symbol !== ''))
    throw invalidArgument(`lanes.${name}`, 'a script such as "--9" or ["--", scores]', marble);
  const frames = match[1]?.length ?? 0;
  return {
    name,
    labels: [name],
    score: (documents) => {
      const answer = scores
        ? of(documents.map(({ text }) => scores[text] ?? Number.NaN))
        : answerOf(name, symbol, documents.length);
      return frames === 0 ? answer : timer(frames, scheduler).pipe(mergeMap(() => answer));
    },
  };
}

function answerOf(name: string, symbol: string, documents: number): Observable<ScoresLike> {
  switch (symbol) {
    case '':
      return NEVER;
    case '|':
      return EMPTY;
    case '#':
      return throwError(() => new LockstepError('SUBTASK_FAILED', `Lane ${name} failed, as its script says`));
    default:
      return of(new Float32Array(documents).fill(symbol === '1' ? 1 : Number(symbol) / 10));
  }
}
