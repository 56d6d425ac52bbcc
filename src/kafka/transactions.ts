import type { SchedulerLike } from 'rxjs';
import { LockstepError } from '../errors.ts';
import type { Assignment } from './assignment.ts';
import type { KafkaClient } from './client.ts';
import type { Committer } from './committer.ts';
import type { KafkaObserver, KafkaSinkEvent } from './events.ts';
import type { Dispatch, Outlet, OutletOptions, OutletSource } from './outlet.ts';
import { PartitionTransactions, type PartitionTransactionsOptions } from './partition-transactions.ts';
import { ConsumedRecord } from './record.ts';
import { kafkaRecordOf } from './record-of.ts';

/** Everything that transactions were told, with every default filled in. */
export interface TransactionsOptions {
  readonly transactionalId: string;
  readonly transactionTimeout: number;
  readonly commitInterval: number;
  readonly observe: KafkaObserver<KafkaSinkEvent>;
}

/** What a source needs to leave its commits to transactions. */
export interface TransactionsSource extends OutletSource {
  readonly committer: (of: {
    readonly scheduler: SchedulerLike;
    readonly failed: (error: unknown) => void;
  }) => Committer;
}

/**
 * Transactions for the partitions that a source has: the source claims them here, sinks leave their records here, and both are
 * committed together.
 */
export class Transactions implements TransactionsSource {
  readonly #client: KafkaClient;
  readonly #options: TransactionsOptions;
  readonly #partitions = new Map<Assignment, PartitionTransactions>();

  constructor(client: KafkaClient, options: TransactionsOptions) {
    this.#client = client;
    this.#options = options;
  }

  readonly committer: TransactionsSource['committer'] = ({ scheduler, failed }) => {
    const options = { client: this.#client, ...this.#options, scheduler, failed };
    return new TransactionalCommitter(this.#partitions, options);
  };

  readonly openOutlet = ({ compression }: OutletOptions): Outlet => ({
    send: (dispatch) => this.#prepare(dispatch, compression),
    // What was prepared lives and ends with its assignment.
    close: () => Promise.resolve(),
  });

  #prepare(dispatch: Dispatch, compression: number): void {
    const delivery = ConsumedRecord.deliveryOf(kafkaRecordOf(dispatch.document));
    if (!delivery) {
      const message = 'Expected a document that came with its record from fromKafka, as exactlyOnce needs';
      dispatch.failed(new LockstepError('INVALID_DOCUMENT', message));
      return;
    }
    const partition = this.#partitions.get(delivery.assignment);
    if (partition) partition.prepare(delivery, dispatch, compression);
    else if (delivery.assignment.revoked) dispatch.superseded();
    else {
      const message = 'Expected fromKafka to be given the same `exactlyOnce` as its sinks';
      dispatch.failed(new LockstepError('INVALID_ARGUMENT', message));
    }
  }
}

/** Commits the offsets of one source, with the records that sinks have prepared. */
class TransactionalCommitter implements Committer {
  readonly #partitions: Map<Assignment, PartitionTransactions>;
  readonly #own = new Map<Assignment, PartitionTransactions>();
  readonly #options: PartitionTransactionsOptions;
  readonly #closing = new Set<Promise<void>>();

  constructor(partitions: Map<Assignment, PartitionTransactions>, options: PartitionTransactionsOptions) {
    this.#partitions = partitions;
    this.#options = options;
  }

  claim(assignment: Assignment): Promise<number> {
    let partition = this.#own.get(assignment);
    if (!partition) {
      partition = new PartitionTransactions(assignment, this.#options);
      this.#own.set(assignment, partition);
      this.#partitions.set(assignment, partition);
    }
    return partition.claim();
  }

  through(): void {}

  finished(assignment: Assignment): void {
    this.#own.get(assignment)?.wake();
  }

  starved(): void {
    for (const partition of this.#own.values()) void partition.flush();
  }

  async flush(): Promise<void> {
    await Promise.all(Array.from(this.#own.values(), (partition) => partition.flush()));
  }

  release(assignments: Iterable<Assignment>): void {
    for (const assignment of assignments) {
      const closing = this.#own.get(assignment)?.close();
      this.#own.delete(assignment);
      this.#partitions.delete(assignment);
      if (!closing) continue;
      this.#closing.add(closing);
      void closing.finally(() => this.#closing.delete(closing));
    }
  }

  async close(): Promise<void> {
    this.release([...this.#own.keys()]);
    await Promise.all(this.#closing);
  }
}
