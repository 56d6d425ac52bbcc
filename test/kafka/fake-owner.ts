import type { Document } from '../../src/document/document.ts';
import { Assignment } from '../../src/kafka/assignment.ts';
import type { Committer } from '../../src/kafka/committer.ts';
import { Delivery } from '../../src/kafka/delivery.ts';
import type { KafkaSinkEvent } from '../../src/kafka/events.ts';
import type { Outlet } from '../../src/kafka/outlet.ts';
import { ConsumedRecord, type FromKafka } from '../../src/kafka/record.ts';
import { Transactions } from '../../src/kafka/transactions.ts';
import type { FakeTime } from './fake-time.ts';
import type { FakeTransactions } from './fake-transactions.ts';

type Dispatched = Document & FromKafka & { readonly delivery: Delivery };

/** What became of a record. */
export type Fate = 'confirmed' | 'superseded' | { readonly failed: unknown };

/** A source with one partition, and a sink, as far as transactions know them. */
export class Owner {
  readonly transactions: Transactions;
  readonly committer: Committer;
  readonly outlet: Outlet;
  readonly #time: FakeTime;
  readonly events: KafkaSinkEvent[] = [];
  readonly failures: unknown[] = [];
  assignment: Assignment | undefined;
  /** Emitted, and neither sent nor acknowledged. */
  waiting: Dispatched[] = [];
  readonly fates: { readonly offset: number; readonly fate: Fate }[] = [];
  #inFlight = 0;

  constructor(
    cluster: FakeTransactions,
    time: FakeTime,
    { commitInterval = 100 }: { readonly commitInterval?: number } = {},
  ) {
    this.#time = time;
    this.transactions = new Transactions(cluster, {
      transactionalId: 'labels',
      transactionTimeout: 60_000,
      commitInterval,
      observe: (event) => void this.events.push(event),
    });
    this.committer = this.transactions.committer({
      scheduler: time,
      failed: (error) => void this.failures.push(error),
    });
    this.outlet = this.transactions.openOutlet({
      acks: -1,
      compression: 0,
      maxBatch: 1000,
      maxSends: 1,
      onClose: 'leave',
      scheduler: time,
      observe: () => {},
    });
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  join(topic = 'documents', partition = 0): Assignment {
    this.assignment = new Assignment(topic, partition, 'group', {
      finished: (assignment) => {
        this.#inFlight--;
        this.committer.finished(assignment);
      },
      rejected: () => {},
    });
    return this.assignment;
  }

  leave(): void {
    if (!this.assignment) return;
    this.assignment.revoke();
    this.committer.release([this.assignment]);
    this.assignment = undefined;
  }

  /** Takes a batch, as the emitter does: what is before the offset that the claim gives is done already. */
  async take(offsets: readonly number[]): Promise<void> {
    const { assignment } = this;
    if (!assignment) return;
    const from = await this.committer.claim(assignment);
    if (assignment.revoked) return;
    for (const offset of offsets) this.emit(assignment, offset, from);
  }

  emit(assignment: Assignment, offset: number, from: number): void {
    if (offset < (assignment.ledger.position ?? 0)) return;
    if (offset < from) {
      assignment.ledger.skipTo(offset + 1);
      return;
    }
    const delivery = new Delivery(assignment, offset, 0);
    const message = { offset: String(offset), timestamp: '0', key: null, value: null };
    assignment.ledger.emit(delivery);
    this.#inFlight++;
    this.waiting.push({ text: '', kafka: new ConsumedRecord(assignment, message, delivery), delivery });
  }

  /** Has the partition, and has emitted documents with these offsets. */
  async reads(...offsets: number[]): Promise<void> {
    if (!this.assignment) this.join();
    void this.take(offsets);
    await this.#time.pass(50);
  }

  /** Sends the documents with these offsets. */
  sends(...offsets: number[]): void {
    for (const offset of offsets) this.send(this.document(offset), String(offset));
  }

  document(offset: number): Dispatched {
    const found = this.waiting.find(({ delivery }) => delivery.offset === offset);
    if (!found) throw new Error(`nobody has emitted ${offset}`);
    return found;
  }

  /** What was told of which record. */
  get told(): [number, Fate][] {
    return this.fates.map(({ offset, fate }) => [offset, fate]);
  }

  /** Takes a document out of those that wait. */
  pick(which: number): Dispatched | undefined {
    const picked = this.waiting[which % this.waiting.length];
    this.waiting = this.waiting.filter((each) => each !== picked);
    return picked;
  }

  send(document: Dispatched, value: string, topic = 'verdicts', failed: (error: unknown) => void = () => {}): void {
    const note = (fate: Fate): void => void this.fates.push({ offset: document.delivery.offset, fate });
    this.outlet.send({
      document,
      topic,
      record: { key: null, value },
      confirmed: () => {
        note('confirmed');
        document.delivery.acknowledge();
      },
      superseded: () => {
        note('superseded');
        document.delivery.acknowledge();
      },
      failed: (error) => {
        note({ failed: error });
        failed(error);
      },
    });
  }
}
