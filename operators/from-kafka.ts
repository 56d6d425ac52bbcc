import type { Observable, SchedulerLike } from 'rxjs';
import { RealTime } from '../src/clock/real-time.ts';
import type { Document } from '../src/document/document.ts';
import { checkCount, invalidArgument } from '../src/errors.ts';
import type { KafkaConsumer } from '../src/kafka/client.ts';
import { type KafkaDecoder, type TextDocument, text } from '../src/kafka/decoders.ts';
import type { KafkaObserver, KafkaSourceEvent } from '../src/kafka/events.ts';
import type { FromKafka } from '../src/kafka/record.ts';
import { kafkaSource } from '../src/kafka/source.ts';
import {
  type KafkaDeadLetters,
  type KafkaSourceOptions,
  type RestartOptions,
  usualInFlight,
} from '../src/kafka/source-options.ts';
import type { TransactionsSource } from '../src/kafka/transactions.ts';
import { warn } from '../src/kafka/warn.ts';

/** Options of {@link fromKafka}. */
export interface FromKafkaOptions {
  /** The topic, or several, or a pattern of their names. */
  readonly topic: string | RegExp | readonly (string | RegExp)[];
  /** How many documents may be out that nobody has settled yet. @default 1024; 4096 with `exactlyOnce`, whose transactions take what is in flight */
  readonly maxInFlight?: number | undefined;
  /**
   * Takes the records that cannot be decoded, and the documents that a later stage cannot label.
   * @default such a document errors the Observable
   */
  readonly deadLetters?: KafkaDeadLetters | undefined;
  /** Commits offsets in the transactions of the verdicts; see `exactlyOnce`. @default they are committed at least once */
  readonly exactlyOnce?: TransactionsSource | undefined;
  /** Milliseconds from the first settled document to the commit. @default 1000 */
  readonly commitInterval?: number | undefined;
  /** Settled documents after which a commit does not wait for the interval. @default 5000 */
  readonly commitEvery?: number | undefined;
  /**
   * Ends it in good order when aborted: no more documents go out, those in flight are finished, with heartbeats to the group meanwhile,
   * their offsets are committed, the consumer leaves, and the Observable completes.
   */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds at most to finish what is in flight after `signal`; the rest comes again. @default 30000 */
  readonly drainTimeout?: number | undefined;
  /**
   * What to do when the consumer ends for good, or the cluster cannot be reached: build it anew, later and later; or, if false, error.
   * What no attempt can mend (a wrong password, a topic that is not there at the start) errors at once. @default builds it anew for ever
   */
  readonly restart?: false | RestartOptions | undefined;
  /** Partitions of which batches are taken in turn with each other; more keep one that is slow to claim from holding up others. @default 1 */
  readonly concurrency?: number | undefined;
  /** Milliseconds without a sign of life from the cluster after which silence is reported. @default 60000 */
  readonly maxSilence?: number | undefined;
  /** Milliseconds after which a document that nobody has settled is reported. @default 60000 */
  readonly maxAge?: number | undefined;
  /** Is told what happens. @default what must not go unnoticed is a warning of the process */
  readonly observe?: KafkaObserver<KafkaSourceEvent> | undefined;
  /** What measures time. @default real time */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Emits the records of a Kafka topic as documents, no more at a time than the pipeline can take, and commits an offset when every
 * document before it is settled.
 *
 * The consumer is yours, made with all the settings that it needs; it is connected here, subscribed, and disconnected when you
 * unsubscribe. Offsets are committed by the receipts of the documents, so **the chain ends with `toKafka`, another sink or
 * `acknowledge()`**. Whatever happens in between (a crash, a rebalance, a kill), what was not committed comes again: at least once,
 * or exactly once with `exactlyOnce`. Documents of a partition go out in order.
 *
 * With no credit left, the consumer stays in its batch and sends heartbeats: nothing more is fetched, and it keeps its place in the
 * group for however long the sink takes. Model calls that block the event loop for longer than the session timeout do cost it, so
 * they belong in a worker, where the models of this library run by themselves.
 *
 * ```text
 * partition 0                 3   4   5   6
 * fromKafka(…)                3---4---5---6---
 * settled                     ------4---3---5-
 * committed (the next)        ----------5---6-
 * ```
 *
 * @example
 * ```ts
 * // const kafka = new Kafka({ brokers: ['localhost:9092'] }), of kafkajs
 * fromKafka(kafka.consumer({ groupId: 'labels' }), { topic: 'documents', decode: json('text') })
 *   .pipe(classify(news), toKafka(kafka.producer(), { topic: 'verdicts' }))
 *   .subscribe();
 * ```
 * @param consumer of kafkajs or one like it; or a function that makes one, anew after each that has died
 * @return what `decode` makes of each record, with `kafka` (topic, partition, offset, key, value, headers, timestamp) and a receipt
 * @throws LockstepError `INVALID_ARGUMENT` for an argument that is not what it should be; the Observable errors with `SOURCE_FAILED`,
 * and the cause, if the topic cannot be read, and with `INVALID_DATA` for a record that cannot be decoded and that nobody takes.
 * @see toKafka
 * @see deadLettersToKafka
 * @see exactlyOnce
 */
export function fromKafka(
  consumer: KafkaConsumer | (() => KafkaConsumer),
  options: FromKafkaOptions & { readonly decode?: undefined },
): Observable<TextDocument & FromKafka>;
export function fromKafka<D extends Document>(
  consumer: KafkaConsumer | (() => KafkaConsumer),
  options: FromKafkaOptions & { readonly decode: KafkaDecoder<D> },
): Observable<D & FromKafka>;
export function fromKafka(
  consumer: KafkaConsumer | (() => KafkaConsumer),
  options: FromKafkaOptions & { readonly decode?: KafkaDecoder<Document> | undefined },
): Observable<Document & FromKafka> {
  if (typeof consumer !== 'function' && typeof consumer?.run !== 'function')
    throw invalidArgument('consumer', 'a Kafka consumer, or a function that makes one', consumer);
  if (typeof options !== 'object' || options === null)
    throw invalidArgument('options', 'an object with `topic`', options);
  return kafkaSource(consumer, checked(options, options.decode ?? text()));
}

function checked<D extends Document>(options: FromKafkaOptions, decode: KafkaDecoder<D>): KafkaSourceOptions<D> {
  const { deadLetters, exactlyOnce, signal, observe = warn, scheduler = new RealTime() } = options;
  for (const [name, value] of Object.entries({ decode, deadLetters, observe }))
    if (value !== undefined && typeof value !== 'function') throw invalidArgument(name, 'a function', value);
  if (exactlyOnce !== undefined && typeof exactlyOnce?.committer !== 'function')
    throw invalidArgument('exactlyOnce', 'what exactlyOnce() gave', exactlyOnce);
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw invalidArgument('signal', 'an AbortSignal', signal);
  return {
    topics: topicsOf(options.topic),
    decode,
    deadLetters,
    exactlyOnce,
    signal,
    observe,
    scheduler,
    maxInFlight: checkCount('maxInFlight', options.maxInFlight ?? usualInFlight(exactlyOnce !== undefined)),
    commitInterval: checkCount('commitInterval', options.commitInterval ?? 1000, { min: 0 }),
    commitEvery: checkCount('commitEvery', options.commitEvery ?? 5000),
    drainTimeout: checkCount('drainTimeout', options.drainTimeout ?? 30_000, { min: 0 }),
    concurrency: checkCount('concurrency', options.concurrency ?? 1),
    maxSilence: checkCount('maxSilence', options.maxSilence ?? 60_000),
    maxAge: checkCount('maxAge', options.maxAge ?? 60_000),
    restart: restartOf(options.restart ?? {}),
  };
}

function topicsOf(topic: FromKafkaOptions['topic']): readonly (string | RegExp)[] {
  const topics = typeof topic === 'string' || topic instanceof RegExp ? [topic] : topic;
  const fine = Array.isArray(topics) && topics.length > 0 && topics.every((each) => each !== '' && isName(each));
  if (!fine) throw invalidArgument('topic', 'the name of a topic, a pattern, or a list of them', topic);
  return topics;
}

function isName(value: unknown): boolean {
  return typeof value === 'string' || value instanceof RegExp;
}

function restartOf(restart: false | RestartOptions): KafkaSourceOptions<Document>['restart'] {
  if (restart === false) return false;
  if (typeof restart !== 'object' || restart === null)
    throw invalidArgument('restart', 'false or { initialDelay, maxDelay, attempts }', restart);
  const { initialDelay = 1000, maxDelay = 30_000, attempts = Number.POSITIVE_INFINITY } = restart;
  return {
    initialDelay: checkCount('restart.initialDelay', initialDelay),
    maxDelay: checkCount('restart.maxDelay', maxDelay),
    attempts: checkCount('restart.attempts', attempts, { min: 0, infinity: true }),
  };
}
