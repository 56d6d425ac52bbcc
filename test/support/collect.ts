import type { Observable } from 'rxjs';

/** What an Observable has done so far. */
export interface Collected<T> {
  readonly values: readonly T[];
  readonly end: 'error' | 'complete' | undefined;
  readonly error: unknown;
  unsubscribe(): void;
}

/** Subscribes, and notes what comes. */
export function collect<T>(source: Observable<T>, onNext: (value: T) => void = () => {}): Collected<T> {
  const values: T[] = [];
  const collected = { values, end: undefined, error: undefined, unsubscribe: () => subscription.unsubscribe() };
  const note = (what: Partial<Collected<T>>): void => {
    Object.assign(collected, what);
  };
  const subscription = source.subscribe({
    next: (value) => {
      values.push(value);
      onNext(value);
    },
    error: (error: unknown) => note({ end: 'error', error }),
    complete: () => note({ end: 'complete' }),
  });
  return collected;
}
