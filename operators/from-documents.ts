import type { Observable } from 'rxjs';
import type { Document } from '../src/document/document.ts';
import { checkIterable, supplyOf } from '../src/sources/iterables.ts';
import { pumped } from '../src/sources/pump.ts';

/** Options of {@link fromDocuments}. */
export interface FromDocumentsOptions {
  /** How many documents may be out that nobody has settled yet. @default 1024 */
  readonly maxInFlight?: number | undefined;
}

/**
 * Emits the documents of an iterable, no more at a time than the pipeline can take.
 *
 * Each document carries a receipt. When `maxInFlight` of them are out, the iterable is not asked for more until one of them is
 * settled: acknowledged at the end of the chain, or made a dead letter. So **a chain that begins with a source ends with
 * `acknowledge()`** or with a sink; without either it stands still after `maxInFlight` documents.
 *
 * ```text
 * documents         a b c d e
 * maxInFlight: 2    (ab)--c--d-(e|)
 * acknowledge       ------a--b-c---
 * ```
 *
 * A synchronous iterable is read synchronously, an async one as fast as it answers. Each subscriber gets an iterator of its
 * own; unsubscribing returns it. If the iterable throws, the Observable errors with what it threw.
 *
 * @example
 * ```ts
 * const documents = [{ text: 'Stocks rally' }, { text: 'Cup final tonight' }];
 * fromDocuments(documents).pipe(classify(news), acknowledge()).subscribe(({ text, verdict }) => console.log(verdict.label, text));
 * ```
 * @param documents any iterable: an array, a generator, an async generator, a stream of objects
 * @return documents, each with a receipt
 * @throws LockstepError `INVALID_ARGUMENT` if `documents` is no iterable or `maxInFlight` no integer of at least 1; the
 * Observable errors with `INVALID_DOCUMENT` if the iterable gives something that is no object.
 * @see fromLines
 * @see fromJsonLines
 */
export function fromDocuments<D extends Document>(
  documents: Iterable<D> | AsyncIterable<D>,
  { maxInFlight }: FromDocumentsOptions = {},
): Observable<D> {
  checkIterable('documents', documents);
  return pumped(() => supplyOf(documents), maxInFlight);
}
