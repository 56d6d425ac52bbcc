import { filter, type OperatorFunction, pipe } from 'rxjs';
import type { Document } from '../src/document/document.ts';
import { mapDocuments } from '../src/document/map-documents.ts';
import { settle } from '../src/document/receipt.ts';
import { invalidArgument } from '../src/errors.ts';

/**
 * Lets through the documents for which a predicate holds, and acknowledges the others.
 *
 * RxJS' own `filter` would forget the documents that it drops: their credit would never flow back, and the source would wait
 * for ever. A document for which the predicate throws becomes a dead letter.
 *
 * ```text
 * source                               --a----b----c--|
 * filterDocuments(({ id }) => id !== 'b')
 * result                               --a---------c--|    b is acknowledged
 * ```
 *
 * @example
 * ```ts
 * documents$.pipe(classify(news), filterDocuments(({ verdict }) => verdict.label === 'tech'), acknowledge());
 * ```
 *
 * @param predicate whether a document goes on; a type guard narrows the stream
 * @return the documents that go on
 * @throws LockstepError `INVALID_ARGUMENT` if `predicate` is not a function
 */
export function filterDocuments<D extends Document, E extends D>(
  predicate: (document: D) => document is E,
): OperatorFunction<D, E>;
export function filterDocuments<D extends Document>(predicate: (document: D) => boolean): OperatorFunction<D, D>;
export function filterDocuments<D extends Document>(predicate: (document: D) => boolean): OperatorFunction<D, D> {
  if (typeof predicate !== 'function') throw invalidArgument('predicate', 'a function', predicate);
  return pipe(
    mapDocuments('filterDocuments', (document: D): D | undefined => {
      if (predicate(document)) return document;
      settle(document);
      return undefined;
    }),
    filter((document) => document !== undefined),
  );
}
