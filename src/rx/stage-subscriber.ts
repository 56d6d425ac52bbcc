import { Subscriber } from 'rxjs';

/** What a stage does with what comes from its source. */
export interface StageHandlers<T> {
  readonly next: (value: T) => void;
  /** @default completes the destination */
  readonly complete?: () => void;
}

/**
 * What an operator subscribes to its source with, as RxJS' own operators do with a class that RxJS does not export: it hangs
 * on its destination from before the subscription, so that a synchronous source stops when the destination has had enough,
 * and an exception of a handler becomes an error of the stream instead of escaping into the source.
 */
export class StageSubscriber<T, R> extends Subscriber<T> {
  readonly #downstream: Subscriber<R>;
  readonly #handlers: StageHandlers<T>;

  constructor(downstream: Subscriber<R>, handlers: StageHandlers<T>) {
    super(downstream);
    this.#downstream = downstream;
    this.#handlers = handlers;
  }

  protected override _next(value: T): void {
    this.#guarded(() => this.#handlers.next(value));
  }

  protected override _complete(): void {
    const { complete = () => this.#downstream.complete() } = this.#handlers;
    this.#guarded(complete);
    this.unsubscribe();
  }

  #guarded(handle: () => void): void {
    try {
      handle();
    } catch (error) {
      this.#downstream.error(error);
    }
  }
}
