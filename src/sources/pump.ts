import { Observable, type Subscriber } from 'rxjs';
import type { Document } from '../document/document.ts';
import { DEFAULT_IN_FLIGHT, InFlightWindow } from '../document/window.ts';
import { checkCount, describe, LockstepError } from '../errors.ts';

type Answer<D> = IteratorResult<D, unknown>;

/** What a source pulls documents from: an iterator that may answer at once or by promise. */
export interface Supply<D> {
  /** Never called again before its answer is there, nor after it was `done` or an error. */
  next(): Answer<D> | PromiseLike<Answer<D>>;
  /**
   * Frees what is behind it; called at most once, and not after the supply ended by itself or by an error, of which it cleans
   * up by itself. An answer may still be under way.
   */
  close(): void;
}

/**
 * The Observable of what a supply has, opened anew for each subscriber: at most `maxInFlight` documents are out that nobody
 * has settled yet; with none to spare the supply is not asked.
 *
 * @throws LockstepError `INVALID_ARGUMENT` if `maxInFlight` is not an integer of at least 1.
 */
export function pumped<D extends Document>(
  open: () => Supply<D>,
  maxInFlight: number = DEFAULT_IN_FLIGHT,
): Observable<D> {
  checkCount('maxInFlight', maxInFlight);
  return new Observable((subscriber) => {
    const pump = new Pump(open(), maxInFlight, subscriber);
    subscriber.add(() => pump.close());
    pump.run();
  });
}

class Pump<D extends Document> {
  readonly #supply: Supply<D>;
  readonly #subscriber: Subscriber<D>;
  readonly #window: InFlightWindow;
  /** Whether the loop runs now: what settles a document meanwhile leaves its credit to it, so that nothing recurses. */
  #running = false;
  /** Whether the supply owes an answer. */
  #awaiting = false;
  #ended = false;

  constructor(supply: Supply<D>, maxInFlight: number, subscriber: Subscriber<D>) {
    this.#supply = supply;
    this.#subscriber = subscriber;
    this.#window = new InFlightWindow(maxInFlight, () => this.run());
  }

  run(): void {
    if (this.#running) return;
    this.#running = true;
    while (!this.#awaiting && !this.#ended && !this.#subscriber.closed && this.#window.credit > 0) this.#pull();
    this.#running = false;
    // A supply that was iterating when the subscriber left could not be closed then.
    if (this.#subscriber.closed) this.close();
  }

  close(): void {
    if (this.#ended || this.#running) return;
    this.#ended = true;
    this.#supply.close();
  }

  #pull(): void {
    try {
      const answer = this.#supply.next();
      if ('then' in answer) this.#await(answer);
      else this.#take(answer);
    } catch (error) {
      this.#fail(error);
    }
  }

  #await(answer: PromiseLike<Answer<D>>): void {
    this.#awaiting = true;
    answer.then(
      (settled) => {
        this.#awaiting = false;
        this.#running = true;
        try {
          this.#take(settled);
        } catch (error) {
          this.#fail(error);
        }
        this.#running = false;
        this.run();
      },
      (error) => {
        this.#awaiting = false;
        this.#fail(error);
      },
    );
  }

  #take({ done, value }: Answer<D>): void {
    if (done) {
      this.#ended = true;
      this.#subscriber.complete();
    } else if (isObject(value)) {
      if (!this.#subscriber.closed) this.#subscriber.next(this.#window.admit(value));
    } else {
      // What cannot carry a receipt cannot be counted.
      this.#supply.close();
      throw new LockstepError('INVALID_DOCUMENT', `Expected the source to give documents, got ${describe(value)}`);
    }
  }

  #fail(error: unknown): void {
    this.#ended = true;
    this.#subscriber.error(error);
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
