import type { SchedulerLike, Subscription } from 'rxjs';
import { LockstepError } from '../errors.ts';
import type { Assignment } from './assignment.ts';
import { Bell } from './bell.ts';
import type { KafkaClient, KafkaTransaction } from './client.ts';
import { isFenced, isPermanent, isTooLarge, isUnknownTopic } from './client-errors.ts';
import type { Delivery } from './delivery.ts';
import type { KafkaObserver, KafkaSinkEvent } from './events.ts';
import type { Dispatch } from './outlet.ts';
import { Parcel } from './parcel.ts';
import { MAX_REQUEST_BYTES, recordSize } from './record-size.ts';
import { closeProducer, type Opened, openTransactionalProducer } from './transactional-producer.ts';

/** Options of {@link PartitionTransactions}. */
export interface PartitionTransactionsOptions {
  readonly client: KafkaClient;
  readonly transactionalId: string;
  readonly transactionTimeout: number;
  /** Milliseconds from the first record to the transaction. */
  readonly commitInterval: number;
  readonly scheduler: SchedulerLike;
  readonly observe: KafkaObserver<KafkaSinkEvent>;
  /** Something went wrong that trying again does not mend. */
  readonly failed: (error: unknown) => void;
}

/** A record that waits for its transaction. */
interface Prepared {
  readonly dispatch: Dispatch;
  readonly compression: number;
  /** In bytes. */
  readonly size: number;
}

const SHORTEST_PAUSE = 100;
const LONGEST_PAUSE = 10_000;
/** Milliseconds before we take back a partition from which we were fenced: if it is not ours any more, the group tells us meanwhile. */
const FENCED_PAUSE = 1000;

/** The client has reported success for records that it has sent nowhere; see {@link Parcel}. */
class LeftOut extends LockstepError {
  constructor(dispatches: readonly Dispatch[]) {
    const topics = [...new Set(dispatches.map(({ topic }) => topic))].join(', ');
    super('SINK_FAILED', `The client has left out ${dispatches.length} records for ${topics} of a transaction`);
  }
}

/**
 * Commits what comes of one assignment: records, and the offset up to which everything is done, in one transaction.
 *
 * A transaction takes the longest run of documents from the oldest on that have a record prepared or need none; those beyond a gap
 * wait for it to close. A failed transaction is done anew by a new producer, which first asks what was committed: an answer that got
 * lost is found out, and nothing is done twice. So it is with a process that believes to own a partition which another has taken
 * over: whoever began last fences the other, and begins where the other ended.
 */
export class PartitionTransactions {
  readonly #assignment: Assignment;
  readonly #options: PartitionTransactionsOptions;
  readonly #bell: Bell;
  readonly #prepared = new Map<Delivery, Prepared>();
  /** Topics that have taken records: if one of these is gone, it may come back. */
  readonly #known = new Set<string>();
  #opened: Promise<Opened | undefined> | undefined;
  /** A transaction that has begun and has nothing in it. */
  #begun: KafkaTransaction | undefined;
  #timer: Subscription | undefined;
  #working: Promise<void> | undefined;
  #closed = false;
  #closing: Promise<void> | undefined;
  #failures = 0;
  /** Records in a transaction at most; fewer while we look for one that the broker refuses. */
  #limit = Number.POSITIVE_INFINITY;

  constructor(assignment: Assignment, options: PartitionTransactionsOptions) {
    this.#assignment = assignment;
    this.#options = options;
    this.#bell = new Bell(options.scheduler);
  }

  /** Fences those before us. Gives the offset before which everything is done. Never rejects. */
  async claim(): Promise<number> {
    return (await this.#open())?.from ?? 0;
  }

  prepare(delivery: Delivery, dispatch: Dispatch, compression: number): void {
    if (this.#closed) {
      dispatch.superseded();
    } else if (delivery.prepared || delivery.finished) {
      const message = `Expected one record for the document at offset ${delivery.offset}, which exactlyOnce commits once, got another`;
      dispatch.failed(new LockstepError('INVALID_DOCUMENT', message));
    } else if (this.#isDone(delivery)) {
      dispatch.superseded();
    } else {
      this.#prepared.set(delivery, { dispatch, compression, size: recordSize(dispatch.record) });
      delivery.prepared = true;
      this.wake();
    }
  }

  /** Something may be ready. */
  wake(): void {
    if (this.#closed || this.#working) return;
    this.#timer ??= this.#options.scheduler.schedule(() => void this.flush(), this.#options.commitInterval);
  }

  /** Commits now what is ready, transaction after transaction. Never rejects. */
  flush(): Promise<void> {
    this.#timer?.unsubscribe();
    this.#timer = undefined;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      // What became ready meanwhile, or waits for a gap to close.
      if (this.#prepared.size > 0 || this.#assignment.ledger.committable !== undefined) this.wake();
    });
    return this.#working;
  }

  /** Not ours any more: what was prepared comes again, here or elsewhere. Never rejects. */
  close(): Promise<void> {
    this.#closed = true;
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    this.#timer?.unsubscribe();
    this.#bell.ring();
    await this.#working;
    const prepared = [...this.#prepared.values()];
    this.#prepared.clear();
    for (const { dispatch } of prepared) dispatch.superseded();
    const opened = await this.#opened;
    if (opened) await closeProducer(opened.producer);
  }

  async #work(): Promise<void> {
    while (!this.#closed && (await this.#commitOnce()));
  }

  /** @returns whether there may be more to do */
  async #commitOnce(): Promise<boolean> {
    const { ledger } = this.#assignment;
    const { entries, frontier, more } = this.#ready();
    if (frontier === undefined || frontier <= (ledger.committed ?? -1)) return false;
    const opened = await this.#open();
    if (!opened || this.#closed) return false;
    if (frontier <= opened.from) return true;
    const { scheduler, observe } = this.#options;
    const started = scheduler.now();
    try {
      await this.#transact(opened, entries, frontier);
    } catch (error) {
      await this.#recover(error, opened, entries);
      return true;
    }
    this.#failures = 0;
    this.#limit *= 2;
    for (const entry of entries) this.#known.add(this.#topicOf(entry));
    const { topic, partition } = this.#assignment;
    const milliseconds = scheduler.now() - started;
    observe({ type: 'transaction', topic, partition, records: entries.length, offset: frontier, milliseconds });
    this.#done(frontier);
    return more;
  }

  /** The documents whose records go next, what is then to be committed, and whether others had to stay behind. */
  #ready(): { readonly entries: readonly Delivery[]; readonly frontier: number | undefined; readonly more: boolean } {
    const { entries: run, frontier } = this.#assignment.ledger.prefix((each) => each.prepared || this.#isDone(each));
    const entries = run.filter((each) => this.#prepared.has(each));
    let size = 0;
    const end = entries.findIndex((entry, i) => {
      size += this.#prepared.get(entry)?.size ?? 0;
      return i >= this.#limit || (size > MAX_REQUEST_BYTES && i > 0);
    });
    const next = entries[end];
    return next
      ? { entries: entries.slice(0, end), frontier: next.offset, more: true }
      : { entries, frontier, more: false };
  }

  /** Whether a document is committed: if not by us, then by another process that had the partition meanwhile. */
  #isDone({ offset }: Delivery): boolean {
    return offset < (this.#assignment.ledger.committed ?? 0);
  }

  async #transact(opened: Opened, entries: readonly Delivery[], frontier: number): Promise<void> {
    const { topic, partition, groupId } = this.#assignment;
    const transaction = this.#begun ?? (await opened.producer.transaction());
    this.#begun = undefined;
    for (const [compression, dispatches] of this.#byCompression(entries)) {
      const parcel = new Parcel(dispatches);
      const answer = await transaction.sendBatch({ topicMessages: parcel.topicMessages, acks: -1, compression });
      const { leftOut } = parcel.sorted(answer);
      if (leftOut.length > 0) throw new LeftOut(leftOut);
    }
    const topics = [{ topic, partitions: [{ partition, offset: String(frontier) }] }];
    await transaction.sendOffsets({ consumerGroupId: groupId, topics });
    await transaction.commit();
  }

  /** By the compression that was asked for, which most often is one. */
  #byCompression(entries: readonly Delivery[]): Map<number, Dispatch[]> {
    const dispatches = new Map<number, Dispatch[]>();
    for (const entry of entries) {
      const prepared = this.#prepared.get(entry);
      if (!prepared) continue;
      const same = dispatches.get(prepared.compression);
      if (same) same.push(prepared.dispatch);
      else dispatches.set(prepared.compression, [prepared.dispatch]);
    }
    return dispatches;
  }

  /** Everything before this offset is committed. */
  #done(offset: number): void {
    this.#assignment.ledger.commit(offset);
    for (const [delivery, { dispatch }] of this.#prepared) {
      if (delivery.offset >= offset) continue;
      this.#prepared.delete(delivery);
      dispatch.confirmed();
    }
  }

  async #recover(error: unknown, opened: Opened, entries: readonly Delivery[]): Promise<void> {
    const { observe, failed } = this.#options;
    const { topic, partition } = this.#assignment;
    const fenced = isFenced(error);
    observe({ type: 'transaction-failed', topic, partition, error, fenced });
    // What a producer of kafkajs is worth after a failed transaction is not known: take another, which aborts what this one left.
    this.#opened = undefined;
    this.#begun = undefined;
    await closeProducer(opened.producer);
    if (isPermanent(error)) {
      this.#closed = true;
      failed(error);
    } else if (isTooLarge(error) || error instanceof LeftOut) {
      if (entries.length > 1) this.#limit = Math.ceil(entries.length / 2);
      else this.#refuse(entries[0], error);
    } else if (isUnknownTopic(error) && !entries.every((entry) => this.#known.has(this.#topicOf(entry)))) {
      for (const entry of entries) if (!this.#known.has(this.#topicOf(entry))) this.#refuse(entry, error);
    } else {
      await this.#pause(fenced ? FENCED_PAUSE : SHORTEST_PAUSE);
    }
  }

  #topicOf(delivery: Delivery): string {
    return this.#prepared.get(delivery)?.dispatch.topic ?? '';
  }

  /** A record that the broker does not take; its neighbours go. */
  #refuse(delivery: Delivery | undefined, error: unknown): void {
    const prepared = delivery && this.#prepared.get(delivery);
    if (!delivery || !prepared) return;
    this.#prepared.delete(delivery);
    delivery.prepared = false;
    this.#limit = Number.POSITIVE_INFINITY;
    prepared.dispatch.failed(error);
  }

  #open(): Promise<Opened | undefined> {
    this.#opened ??= this.#tryToOpen();
    return this.#opened;
  }

  async #tryToOpen(): Promise<Opened | undefined> {
    const { client, transactionalId, transactionTimeout, observe, failed } = this.#options;
    const { topic, partition, groupId } = this.#assignment;
    while (!this.#closed) {
      try {
        const options = { transactionalId, transactionTimeout, topic, partition, groupId };
        const opened = await openTransactionalProducer(client, options);
        this.#begun = opened.first;
        this.#done(opened.from);
        return opened;
      } catch (error) {
        observe({ type: 'transaction-failed', topic, partition, error, fenced: isFenced(error) });
        if (isPermanent(error)) {
          this.#closed = true;
          failed(error);
          return undefined;
        }
        await this.#pause(SHORTEST_PAUSE);
      }
    }
    return undefined;
  }

  #pause(shortest: number): Promise<void> {
    if (this.#closed) return Promise.resolve();
    const milliseconds = Math.min(LONGEST_PAUSE, shortest * 2 ** this.#failures++);
    return this.#bell.wait(milliseconds);
  }
}
