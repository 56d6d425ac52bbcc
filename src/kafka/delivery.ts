import type { DeadLetter, Receipt } from '../document/document.ts';
import type { Assignment } from './assignment.ts';
import type { LedgerEntry } from './ledger.ts';

/** The receipt of a document from a topic, and its entry in the ledger of its partition. */
export class Delivery implements Receipt, LedgerEntry {
  readonly assignment: Assignment;
  readonly offset: number;
  /** When it was emitted, by the scheduler's clock. */
  readonly since: number;
  /** Whether somebody has used the receipt; a dead letter that is being written is settled, but not yet finished. */
  settled = false;
  finished = false;
  /** Whether its record waits to be committed together with its offset. */
  prepared = false;

  constructor(assignment: Assignment, offset: number, since: number) {
    this.assignment = assignment;
    this.offset = offset;
    this.since = since;
  }

  acknowledge(): void {
    if (this.settled) return;
    this.settled = true;
    this.assignment.finish(this);
  }
}

/** A delivery for which somebody takes dead letters. */
export class RejectableDelivery extends Delivery {
  reject(letter: DeadLetter): void {
    if (this.settled) return;
    this.settled = true;
    this.assignment.reject(this, letter);
  }
}
