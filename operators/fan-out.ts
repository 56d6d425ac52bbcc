import { Observable, type OperatorFunction } from 'rxjs';
import { Clock } from '../src/clock/clock.ts';
import type { Document } from '../src/document/document.ts';
import { checkCount, invalidArgument } from '../src/errors.ts';
import { Dispatcher } from '../src/lanes/dispatcher.ts';
import type { Issue } from '../src/lanes/issue.ts';
import { layoutOf } from '../src/lanes/layout.ts';
import type { LockstepObserver } from '../src/observe/events.ts';
import { StageSubscriber } from '../src/rx/stage-subscriber.ts';
import { checkSubtasks, type Subtask } from '../src/subtasks/subtask.ts';

/** Options of {@link fanOut}. */
export interface FanOutOptions {
  /** Whose edges batches are issued on. */
  readonly clock: Clock;
  /** At most so many documents a batch. @default 64 */
  readonly maxBatch?: number | undefined;
  /** For so many edges a document may be passed over to wait for a fuller batch. @default 0: take what waits */
  readonly maxDelay?: number | undefined;
  /** At most so many batches in flight. @default 2 */
  readonly depth?: number | undefined;
  /** At most so many documents wait for a lane; one more is an `OVERFLOW`. @default 1,048,576 */
  readonly maxWaiting?: number | undefined;
  /** Whether the documents for which a subtask fails are looked for by bisection of the batch. @default true */
  readonly bisect?: boolean | undefined;
  /** Is told of issues, answers, stalls and bubbles; a `Timeline` draws them. */
  readonly observe?: LockstepObserver | undefined;
}

const DEFAULT_MAX_WAITING = 2 ** 20;

/**
 * Issues documents to all subtasks at once, a batch an edge.
 *
 * On an edge, if fewer than `depth` batches are in flight, up to `maxBatch` of the documents that wait become one
 * {@link Issue}: the batch, and for each subtask a lane that emits its scores for the whole batch once. Lanes run when they are
 * subscribed to, which {@link zipLanes} does at once, so that all lanes of a batch start on the same edge. The last documents
 * of a source that completes go out as any others do. On a clock that is work-conserving a full batch need not wait for the edge.
 *
 * If a subtask fails for a batch, the documents that break it are found by bisection: the lane abstains about those alone.
 *
 * ```text
 * source                        -a-b----c----|
 * fanOut(subtasks, { clock })   -----x----y--|         period 5; x: [a, b], y: [c]
 * ```
 *
 * @example
 * ```ts
 * import { from } from 'rxjs';
 * import { Clock, fanOut, subtask, vote, zipLanes } from 'rx-lockstep';
 *
 * const long = subtask<{ text: string }>('long', ['long'], (batch) => batch.map(({ text }) => (text.length > 5 ? 0.9 : 0.1)));
 * const short = subtask<{ text: string }>('short', ['short'], (batch) => batch.map(({ text }) => (text.length > 5 ? 0.1 : 0.9)));
 * from([{ text: 'hi' }, { text: 'lockstep' }])
 *   .pipe(fanOut([long, short], { clock: new Clock({ period: 5 }) }), zipLanes(), vote())
 *   .subscribe(({ text, verdict }) => console.log(text, verdict.label)); // hi short, lockstep long
 * ```
 *
 * @param subtasks one lane each; their names differ
 * @return issues, in the order of their documents
 * @throws LockstepError `INVALID_ARGUMENT` for an option out of range, for no subtasks, what is none, or two of the same name
 * @see {@link onLane}, {@link zipLanes}
 */
export function fanOut<I, D extends Document & I>(
  subtasks: readonly Subtask<I>[],
  {
    clock,
    maxBatch = 64,
    maxDelay = 0,
    depth = 2,
    maxWaiting = DEFAULT_MAX_WAITING,
    bisect = true,
    observe,
  }: FanOutOptions,
): OperatorFunction<D, Issue<D>> {
  if (!(clock instanceof Clock)) throw invalidArgument('clock', 'a Clock', clock);
  checkCount('maxBatch', maxBatch);
  checkCount('maxDelay', maxDelay, { min: 0 });
  checkCount('depth', depth);
  checkCount('maxWaiting', maxWaiting);
  checkSubtasks(subtasks);
  layoutOf(subtasks);
  const options = { clock, maxBatch, maxDelay, depth, maxWaiting, bisect, observe: observe ?? (() => undefined) };
  return (source) =>
    new Observable((subscriber) => {
      const dispatcher = new Dispatcher(subtasks, options, subscriber);
      source.subscribe(
        new StageSubscriber<D, Issue<D>>(subscriber, {
          next: (document) => dispatcher.take(document),
          complete: () => dispatcher.complete(),
        }),
      );
    });
}
