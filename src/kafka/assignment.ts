import type { DeadLetter } from '../document/document.ts';
import type { Delivery } from './delivery.ts';
import type { KafkaPartitionProgress } from './events.ts';
import { OffsetLedger } from './ledger.ts';

/** What an assignment tells its source. */
export interface AssignmentEvents {
  /** A document is finished: its credit is free, and perhaps there is something to commit. */
  readonly finished: (assignment: Assignment) => void;
  readonly rejected: (delivery: Delivery, letter: DeadLetter) => void;
}

/** A partition that the group gave us, for as long as we have it: given again, it is another assignment. */
export class Assignment {
  readonly topic: string;
  readonly partition: number;
  readonly groupId: string;
  readonly ledger: OffsetLedger<Delivery> = new OffsetLedger();
  /** The offset after the last record that can be read. */
  highWatermark: number | undefined;
  #revoked = false;
  readonly #events: AssignmentEvents;

  constructor(topic: string, partition: number, groupId: string, events: AssignmentEvents) {
    this.topic = topic;
    this.partition = partition;
    this.groupId = groupId;
    this.#events = events;
  }

  /** Whether the partition may be somebody else's now: then nothing of it is committed any more. */
  get revoked(): boolean {
    return this.#revoked;
  }

  revoke(): void {
    this.#revoked = true;
  }

  finish(delivery: Delivery): void {
    if (delivery.finished) return;
    this.ledger.finish(delivery);
    this.#events.finished(this);
  }

  reject(delivery: Delivery, letter: DeadLetter): void {
    this.#events.rejected(delivery, letter);
  }

  progress(now: number): KafkaPartitionProgress {
    const { topic, partition, ledger, highWatermark } = this;
    const { oldest } = ledger;
    return {
      topic,
      partition,
      position: ledger.position ?? 0,
      committed: ledger.committed,
      highWatermark,
      inFlight: ledger.unfinished,
      oldest: oldest && { offset: oldest.offset, age: now - oldest.since },
    };
  }
}
