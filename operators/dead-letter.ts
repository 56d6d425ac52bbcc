import { from, type MonoTypeOperatorFunction, Observable, type ObservableInput, type Subscription } from 'rxjs';
import type { DeadLetterHandler } from '../src/document/dead-letter-handler.ts';
import type { DeadLetter, Document } from '../src/document/document.ts';
import { receiptOf, withReceipt } from '../src/document/receipt.ts';
import { invalidArgument } from '../src/errors.ts';
import { StageSubscriber } from '../src/rx/stage-subscriber.ts';

/**
 * Takes the documents that a later stage cannot label: it opens, like a `try`, the part of the chain that it guards.
 *
 * A document for which a stage below throws, about which too few lanes have an opinion, or that overflows a queue, is handed to
 * `handle` with the reason, as the document was at that stage, and is then acknowledged upstream; the stream goes on. Without a
 * `deadLetter` above it, a stage that cannot go on with a document errors the stream. If `handle` throws, or what it returns
 * errors, the stream errors and the document is not acknowledged.
 *
 * ```text
 * source                  --a----b----c--|
 * deadLetter(handle)      --a----b----c--|
 * map that throws for b   --A---------C--|
 * handle                  -------b--------
 * ```
 *
 * @example
 * ```ts
 * documents$.pipe(
 *   deadLetter(({ document, reason }) => console.error(document.id, reason.code, reason.message)),
 *   classify(news),
 *   acknowledge(),
 * );
 * ```
 *
 * @param handle may return a promise or Observable, of a write for instance
 * @return the same documents, each with a receipt
 * @throws LockstepError `INVALID_ARGUMENT` if `handle` is not a function
 */
export function deadLetter<D extends Document>(handle: DeadLetterHandler<Document>): MonoTypeOperatorFunction<D> {
  if (typeof handle !== 'function') throw invalidArgument('handle', 'a function', handle);
  return (source) =>
    new Observable((subscriber) => {
      source.subscribe(
        new StageSubscriber<D, D>(subscriber, {
          next: (document) => {
            const previous = receiptOf(document);
            const acknowledge = (): void => previous?.acknowledge();
            const onReject = (letter: DeadLetter): void => {
              try {
                const pending = handle(letter);
                if (typeof pending === 'object' && pending !== null)
                  wait(pending, acknowledge, (error) => subscriber.error(error));
                else acknowledge();
              } catch (error) {
                subscriber.error(error);
              }
            };
            subscriber.next(withReceipt(document, { onAcknowledge: acknowledge, onReject }));
          },
        }),
      );
    });
}

/** Not tied to the subscriber: a letter that is being written when the stream ends is written all the same. */
function wait(pending: ObservableInput<unknown>, complete: () => void, error: (error: unknown) => void): Subscription {
  return from(pending).subscribe({ complete, error });
}
