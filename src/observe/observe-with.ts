import { invalidArgument } from '../errors.ts';
import type { LockstepObserver } from './events.ts';

/**
 * One observer that tells several, in their order.
 *
 * @example
 * ```ts
 * const timeline = new Timeline();
 * const counters = new Counters();
 * headlines$.pipe(classify(news, { observe: observeWith(timeline.record, counters.record) }));
 * ```
 * @throws LockstepError `INVALID_ARGUMENT` if one of them is not a function
 */
export function observeWith(...observers: readonly LockstepObserver[]): LockstepObserver {
  for (const observer of observers)
    if (typeof observer !== 'function') throw invalidArgument('observers', 'functions', observer);
  return (event) => {
    for (const observer of observers) observer(event);
  };
}
