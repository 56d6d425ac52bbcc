import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { StageSubscriber } from '../../src/rx/stage-subscriber.ts';

/** A document that knows its place in the input, from 0. */
export interface Placed {
  readonly place: number;
}

/**
 * Puts documents that took different ways back in order.
 *
 * ```text
 * source             --1--0-----3--|
 * skipped            --------2-----
 * inOrder(skipped)   -----(01)--3--|
 * ```
 *
 * @param skipped places whose documents will not come
 */
export function inOrder<D extends Placed>(skipped: Observable<number>): MonoTypeOperatorFunction<D> {
  return (source) =>
    new Observable((subscriber) => {
      const waiting = new Map<number, D | undefined>();
      let next = 0;
      const put = (place: number, document?: D): void => {
        waiting.set(place, document);
        while (waiting.has(next)) {
          const first = waiting.get(next);
          waiting.delete(next++);
          if (first) subscriber.next(first);
        }
      };
      subscriber.add(skipped.subscribe((place) => put(place)));
      source.subscribe(new StageSubscriber<D, D>(subscriber, { next: (document) => put(document.place, document) }));
    });
}
