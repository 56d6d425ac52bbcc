import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import type { Document } from '../src/document/document.ts';
import { reject, settle } from '../src/document/receipt.ts';
import { DEFAULT_IN_FLIGHT, InFlightWindow } from '../src/document/window.ts';
import { checkCount, invalidArgument, LockstepError } from '../src/errors.ts';
import { Fifo } from '../src/rx/fifo.ts';
import { StageSubscriber } from '../src/rx/stage-subscriber.ts';

/** What becomes of a document that comes when everything is full. */
export type Overflow = 'error' | 'drop-newest' | 'drop-oldest';

/** Options of {@link admit}. */
export interface AdmitOptions {
  /** At most so many documents are between here and their acknowledgement. @default 1024 */
  readonly maxInFlight?: number | undefined;
  /** At most so many wait until others have been acknowledged. @default as many as `maxInFlight` */
  readonly maxWaiting?: number | undefined;
  /**
   * What to do when one more comes: error the stream, drop the one that came, or the one that has waited longest. @default 'error'
   */
  readonly overflow?: Overflow | undefined;
}

const OVERFLOWS: readonly Overflow[] = ['error', 'drop-newest', 'drop-oldest'];

/**
 * Bounds a source that cannot wait: a socket, a `Subject`, a timer.
 *
 * At most `maxInFlight` documents are let through until one of them is acknowledged, so the chain must end in
 * {@link acknowledge} or a sink that does the same. Up to `maxWaiting` more wait here; beyond that the overflow policy holds. What
 * is dropped is a dead letter with the code `OVERFLOW` if a {@link deadLetter} stands above, else it is just dropped, as asked.
 * Sources that can wait (`fromLines`, `fromDocuments`) bound themselves and need no `admit`.
 *
 * ```text
 * source                      -a-b-c-------|
 * admit({ maxInFlight: 2 })   -a-b-----c---|
 * acknowledged                ---------a----
 * ```
 *
 * @example
 * ```ts
 * socketMessages$.pipe(
 *   deadLetter(({ document }) => console.warn('dropped', document.id)),
 *   admit({ maxInFlight: 256, overflow: 'drop-oldest' }),
 *   classify(news),
 *   acknowledge(),
 * );
 * ```
 *
 * @return the same documents, each with a receipt
 * @throws LockstepError `INVALID_ARGUMENT` for an option out of range; `OVERFLOW` as an error of the stream by policy `error`
 */
export function admit<D extends Document>({
  maxInFlight = DEFAULT_IN_FLIGHT,
  maxWaiting = maxInFlight,
  overflow = 'error',
}: AdmitOptions = {}): MonoTypeOperatorFunction<D> {
  checkCount('maxInFlight', maxInFlight);
  checkCount('maxWaiting', maxWaiting, { min: 0 });
  if (!OVERFLOWS.includes(overflow)) throw invalidArgument('overflow', OVERFLOWS.join(', '), overflow);
  return (source) =>
    new Observable((subscriber) => {
      const waiting = new Fifo<D>();
      const window = new InFlightWindow(maxInFlight, () => pump());
      let completed = false;
      let pumping = false;

      const pump = (): void => {
        if (pumping) return; // an acknowledgement from within `next`: the loop below goes on
        pumping = true;
        while (window.credit > 0 && waiting.length > 0)
          for (const document of waiting.take(1)) subscriber.next(window.admit(document));
        pumping = false;
        if (completed && waiting.length === 0) subscriber.complete();
      };
      const drop = (document: D): void => {
        const message = `Expected at most ${maxInFlight} documents in flight and ${maxWaiting} waiting, got one more`;
        const reason = new LockstepError('OVERFLOW', message);
        if (overflow === 'error') subscriber.error(reason);
        else if (!reject(document, reason)) settle(document);
      };

      source.subscribe(
        new StageSubscriber<D, D>(subscriber, {
          next: (document) => {
            waiting.push(document);
            pump();
            // There is credit left only if this document came from within the loop above, which will take it.
            if (waiting.length <= maxWaiting + window.credit) return;
            for (const dropped of overflow === 'drop-oldest' ? waiting.take(1) : waiting.takeLast()) drop(dropped);
          },
          complete: () => {
            completed = true;
            pump();
          },
        }),
      );
    });
}
