import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import type { Document } from '../src/document/document.ts';
import { settle } from '../src/document/receipt.ts';
import { StageSubscriber } from '../src/rx/stage-subscriber.ts';

/**
 * Ends the chain: says that a document is done, so that its credit and its offset flow back to the source.
 *
 * Each document is emitted first and acknowledged when the subscriber has taken it. What can fail belongs above: RxJS does not tell
 * an operator what happens below it, so a document is acknowledged even if the subscriber then throws. A document without a receipt
 * just passes.
 *
 * ```text
 * source            --a----b----c--|
 * acknowledge()     --a----b----c--|
 * credit            --1----1----1---
 * ```
 *
 * @example
 * ```ts
 * fromLines('headlines.txt').pipe(classify(news), acknowledge()).subscribe(({ verdict }) => console.log(verdict.label));
 * ```
 *
 * @return the same documents
 * @see {@link filterDocuments}, {@link deadLetter}, {@link admit}
 */
export function acknowledge<D extends Document>(): MonoTypeOperatorFunction<D> {
  return (source) =>
    new Observable((subscriber) => {
      source.subscribe(
        new StageSubscriber<D, D>(subscriber, {
          next: (document) => {
            subscriber.next(document);
            settle(document);
          },
        }),
      );
    });
}
