import type { LockstepError } from '../errors.ts';
import { type DeadLetter, type Document, type Receipt, receipt } from './document.ts';
import { extend } from './extend.ts';

/** What happens when a document is settled. */
interface Settlement {
  readonly onAcknowledge: () => void;
  readonly onReject?: ((letter: DeadLetter) => void) | undefined;
}

/** A receipt of which only the first settling counts. */
class SettleOnce implements Receipt {
  settled = false;
  readonly reject?: (letter: DeadLetter) => void;
  readonly #onAcknowledge: () => void;

  constructor({ onAcknowledge, onReject }: Settlement) {
    this.#onAcknowledge = onAcknowledge;
    if (onReject)
      this.reject = (letter) => {
        if (this.settled) return;
        this.settled = true;
        onReject(letter);
      };
  }

  acknowledge(): void {
    if (this.settled) return;
    this.settled = true;
    this.#onAcknowledge();
  }
}

/** The document with a receipt of its own. */
export function withReceipt<D extends Document>(document: D, settlement: Settlement): D {
  return extend(document, { [receipt]: new SettleOnce(settlement) });
}

/**
 * The document with a receipt that settles the one that it had, and then calls back. It takes dead letters if that one did.
 */
export function withReceiptAround<D extends Document>(document: D, onSettled: () => void): D {
  const previous = receiptOf(document);
  return withReceipt(document, {
    onAcknowledge: () => {
      previous?.acknowledge();
      onSettled();
    },
    onReject: previous?.reject
      ? (letter) => {
          previous.reject?.(letter);
          onSettled();
        }
      : undefined,
  });
}

/** The receipt that a document carries; a stream may also hold what is no document at all, such as null, which carries none. */
export function receiptOf(document: Document | null | undefined): Receipt | undefined {
  return document?.[receipt];
}

/** Acknowledges a document, if it carries a receipt. */
export function settle(document: Document): void {
  receiptOf(document)?.acknowledge();
}

/**
 * Makes a dead letter of a document.
 *
 * @returns false if nobody takes dead letters: then the stage is to error the stream, for nothing is dropped in silence
 */
export function reject(document: Document, reason: LockstepError): boolean {
  const carried = receiptOf(document);
  if (!carried?.reject) return false;
  carried.reject({ document, reason });
  return true;
}
