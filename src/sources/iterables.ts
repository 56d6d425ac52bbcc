import { invalidArgument } from '../errors.ts';
import type { Supply } from './pump.ts';

/** Opens an iterable, of either kind, as a supply. */
export function supplyOf<D>(documents: Iterable<D> | AsyncIterable<D>): Supply<D> {
  const iterator = Symbol.asyncIterator in documents ? documents[Symbol.asyncIterator]() : documents[Symbol.iterator]();
  return {
    next: () => iterator.next(),
    close: () => {
      iterator.return?.();
    },
  };
}

/** @throws LockstepError `INVALID_ARGUMENT` if `value` is not an iterable of one of the two kinds, or is a text. */
export function checkIterable(name: string, value: unknown): void {
  if (typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value))
    return;
  throw invalidArgument(name, 'an iterable or async iterable of documents', value);
}
