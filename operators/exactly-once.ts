import { checkCount, invalidArgument } from '../src/errors.ts';
import type { KafkaClient } from '../src/kafka/client.ts';
import type { KafkaObserver, KafkaSinkEvent } from '../src/kafka/events.ts';
import { Transactions, type TransactionsSource } from '../src/kafka/transactions.ts';
import { warn } from '../src/kafka/warn.ts';

/** What {@link exactlyOnce} gives: it stands where a producer would. */
export type ExactlyOnce = TransactionsSource;

/** Options of {@link exactlyOnce}. */
export interface ExactlyOnceOptions {
  /**
   * The same for all processes of the group, and of no other group: each input partition's producer is called
   * `transactionalId-groupId-topic-partition`, by which the broker knows and fences one that was thought dead.
   */
  readonly transactionalId: string;
  /** Milliseconds from the first record to the transaction that commits it. @default 100 */
  readonly commitInterval?: number | undefined;
  /** Milliseconds after which the broker aborts a transaction that was not ended. @default 60000 */
  readonly transactionTimeout?: number | undefined;
  /** Is told of transactions. @default what must not go unnoticed is a warning of the process */
  readonly observe?: KafkaObserver<KafkaSinkEvent> | undefined;
}

/**
 * Commits verdicts, dead letters and offsets together, in one transaction for each input partition: whoever reads the verdicts with the
 * isolation level `read_committed` sees each exactly once, whatever crashes and whoever takes over. Give it to the source, and to the
 * sinks in place of a producer.
 *
 * Its limits: it holds from topic to topic within one cluster, for one record a document. What a stage does besides (a call, a
 * file) is done again with a document that comes again. Kafka does not check the generation of the group in the transactions of
 * kafkajs, so each input partition has a producer of its own, and whoever begins last fences the others. A document is seen after the
 * next transaction, `commitInterval` and about 20 ms later.
 *
 * @example
 * ```ts
 * const once = exactlyOnce(kafka, { transactionalId: 'labels' });
 * fromKafka(kafka.consumer({ groupId: 'labels' }), {
 *   topic: 'documents',
 *   exactlyOnce: once,
 *   deadLetters: deadLettersToKafka(once, { topic: 'dead-letters' }),
 * })
 *   .pipe(classify(news), toKafka(once, { topic: 'verdicts' }))
 *   .subscribe();
 * ```
 * @param client a `Kafka` of kafkajs, or one like it, of the same cluster as the consumer
 * @throws LockstepError `INVALID_ARGUMENT` for an argument that is not what it should be
 * @see fromKafka
 * @see toKafka
 */
export function exactlyOnce(client: KafkaClient, options: ExactlyOnceOptions): ExactlyOnce {
  if (typeof client?.producer !== 'function' || typeof client.admin !== 'function')
    throw invalidArgument('client', 'a Kafka client, which makes producers and admins', client);
  const { transactionalId, commitInterval = 100, transactionTimeout = 60_000, observe = warn } = options ?? {};
  if (typeof transactionalId !== 'string' || transactionalId === '')
    throw invalidArgument('transactionalId', 'a name', transactionalId);
  if (typeof observe !== 'function') throw invalidArgument('observe', 'a function', observe);
  return new Transactions(client, {
    transactionalId,
    commitInterval: checkCount('commitInterval', commitInterval, { min: 0 }),
    transactionTimeout: checkCount('transactionTimeout', transactionTimeout),
    observe,
  });
}
