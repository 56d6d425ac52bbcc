import { checkCount } from '../errors.ts';
import type { Document } from './document.ts';
import { withReceiptAround } from './receipt.ts';

/** Documents that a source may have out at once, where nothing else is said. */
export const DEFAULT_IN_FLIGHT = 1024;

/** The documents between a source and their acknowledgement: at most `size`. */
export class InFlightWindow {
  readonly size: number;
  #inFlight = 0;
  readonly #onCredit: () => void;

  /**
   * @param size how many documents may be out at once
   * @param onCredit called after each settled document; never from within {@link admit}
   */
  constructor(size: number, onCredit: () => void) {
    this.size = checkCount('maxInFlight', size);
    this.#onCredit = onCredit;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** How many more documents may go out now. */
  get credit(): number {
    return this.size - this.#inFlight;
  }

  /** Counts a document as out until its receipt is settled. */
  admit<D extends Document>(document: D): D {
    this.#inFlight++;
    return withReceiptAround(document, () => {
      this.#inFlight--;
      this.#onCredit();
    });
  }
}
