import { setImmediate as nextTurn } from 'node:timers/promises';
import { Fifo } from '../rx/fifo.ts';
import type { Dispatch } from './outlet.ts';
import { recordSize } from './record-size.ts';
import type { Shipper } from './shipper.ts';

/** How much goes into a request. */
export interface RequestBounds {
  readonly maxRecords: number;
  /** Of keys, values and headers; a single record may be larger, and goes alone. */
  maxBytes: number;
}

/** Sends one batch at a time: what comes meanwhile, or within one turn of the event loop, goes together as far as the bounds allow. */
export class SendQueue {
  readonly #shipper: Shipper;
  readonly #bounds: RequestBounds;
  readonly #waiting = new Fifo<Dispatch>();
  #working: Promise<void> | undefined;

  constructor(shipper: Shipper, bounds: RequestBounds) {
    this.#shipper = shipper;
    this.#bounds = bounds;
  }

  add(dispatch: Dispatch): void {
    this.#waiting.push(dispatch);
    this.#working ??= this.#work();
  }

  /** Until nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    do {
      // Not at once: what comes together goes together; also after a request, for that has given credit back to the source.
      await nextTurn();
      await this.#sendOnce();
    } while (this.#waiting.length > 0);
    this.#working = undefined;
  }

  async #sendOnce(): Promise<void> {
    const { maxRecords, maxBytes } = this.#bounds;
    let bytes = 0;
    const batch = this.#waiting.takeWhile(maxRecords, ({ record }, i) => {
      const size = recordSize(record);
      if (i > 0 && bytes + size > maxBytes) return false;
      bytes += size;
      return true;
    });
    const tooLarge = await this.#shipper.ship(batch);
    if (tooLarge) this.#bounds.maxBytes = Math.max(1, Math.floor(bytes / 2));
  }
}
