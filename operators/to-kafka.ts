import type { MonoTypeOperatorFunction, SchedulerLike } from 'rxjs';
import { RealTime } from '../src/clock/real-time.ts';
import type { Document } from '../src/document/document.ts';
import { checkCount, invalidArgument } from '../src/errors.ts';
import type { KafkaHeaders, KafkaProducer } from '../src/kafka/client.ts';
import type { KafkaObserver, KafkaSinkEvent } from '../src/kafka/events.ts';
import { outletOpener } from '../src/kafka/open-outlet.ts';
import type { OutletSource } from '../src/kafka/outlet.ts';
import { sendDocuments } from '../src/kafka/send-documents.ts';
import { messageOf } from '../src/kafka/verdict-message.ts';
import { warn } from '../src/kafka/warn.ts';
import { verdictRecord } from '../src/sinks/verdict-record.ts';
import type { Labelled } from './vote.ts';

/** Options of {@link toKafka}. */
export interface ToKafkaOptions<D extends Document> {
  /** The topic, or which it is for a document. */
  readonly topic: string | ((document: D) => string);
  /**
   * The value of the record: a string or bytes as they are, null for none (a tombstone), anything else as JSON.
   * @default `{ id, label, confidence, lanes }`, as `toJsonLines` writes it
   */
  readonly encode?: ((document: D) => unknown) | undefined;
  /** The key of the record. @default that of the record that the document was made from; if it has none, the document's `id` as text */
  readonly key?: ((document: D) => Buffer | string | null) | undefined;
  /** Headers besides `traceparent` and `tracestate` (W3C Trace Context), which pass through from the record that came. @default none */
  readonly headers?: ((document: D) => KafkaHeaders) | undefined;
  /** Milliseconds since the epoch. @default when it is sent */
  readonly timestamp?: ((document: D) => number) | undefined;
  /** The number of the partition. @default the producer's partitioner chooses */
  readonly partition?: ((document: D) => number) | undefined;
  /** Confirmations to wait for: -1 of all replicas in sync, 1 of the leader, 0 of none. @default -1 */
  readonly acks?: -1 | 0 | 1 | undefined;
  /** As kafkajs numbers them: 0 none, 1 gzip, and others for which a codec is registered. @default 0 */
  readonly compression?: number | undefined;
  /** Records of one request at most; about 900 kB are another bound. @default 1000 */
  readonly maxBatch?: number | undefined;
  /** Requests under way at once; records of the same key never are in two of them. @default 1 */
  readonly maxSends?: number | undefined;
  /** Is told of requests. @default those that fail are warnings of the process */
  readonly observe?: KafkaObserver<KafkaSinkEvent> | undefined;
  /** What measures time. @default real time */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Sends a record for each document, and acknowledges the document once the broker has confirmed it: a sink, which ends the chain as
 * `acknowledge()` does.
 *
 * What comes together, or while a request is under way, goes in one request. Records of the same key keep their order. A broker that
 * is slow or away holds the source back, for its credit returns only with the confirmation: a request that fails is made again, after
 * 100 ms, then later and later, up to every 10 s, for as long as it takes. So a record may be written twice, but none is lost; that
 * also holds where kafkajs by itself reports success for records that it has left out, as it does when a broker of several dies.
 *
 * ```text
 * source            --(abc)-------d---|
 * requests          ---(abc)---------d----
 * confirmed         --------------(abc)--d
 * toKafka(…)        --------------(abc)--(d|)
 * ```
 *
 * A record that the broker refuses for its size makes its document a dead letter, and the others of its request go. Whatever cannot
 * be mended by trying again (no permission, no such topic) errors the Observable. The producer is yours, with its settings; it is
 * connected here, when there is something to send, and disconnected when all who use it are done. Unsubscribing leaves what was not
 * confirmed unacknowledged: it comes again.
 *
 * @example
 * ```ts
 * fromKafka(kafka.consumer({ groupId: 'labels' }), { topic: 'documents', decode: json('text') })
 *   .pipe(classify(news), toKafka(kafka.producer(), { topic: 'verdicts' }))
 *   .subscribe();
 * ```
 * @param target a producer of kafkajs or one like it, or what `exactlyOnce` gives
 * @return the same documents, each after it was confirmed
 * @throws LockstepError `INVALID_ARGUMENT` for an argument that is not what it should be; the Observable errors with `SINK_FAILED`, and
 * the cause, if the cluster refuses us. A document for which one of the functions throws, or gives what cannot be sent, is a dead
 * letter, `STAGE_FAILED`; one whose record is too large is a dead letter, `SINK_FAILED`.
 * @see fromKafka
 * @see exactlyOnce
 */
export function toKafka<D extends Document & Labelled>(
  target: KafkaProducer | OutletSource,
  options: ToKafkaOptions<D> & { readonly encode?: undefined },
): MonoTypeOperatorFunction<D>;
export function toKafka<D extends Document>(
  target: KafkaProducer | OutletSource,
  options: ToKafkaOptions<D> & { readonly encode: (document: D) => unknown },
): MonoTypeOperatorFunction<D>;
export function toKafka<D extends Document & Labelled>(
  target: KafkaProducer | OutletSource,
  options: ToKafkaOptions<D>,
): MonoTypeOperatorFunction<D> {
  if (typeof options !== 'object' || options === null)
    throw invalidArgument('options', 'an object with `topic`', options);
  const { topic, encode = verdictRecord, key, headers, timestamp, partition, observe = warn } = options;
  if ((typeof topic !== 'string' && typeof topic !== 'function') || topic === '')
    throw invalidArgument('topic', 'the name of a topic, or a function that gives it', topic);
  for (const [name, value] of Object.entries({ encode, key, headers, timestamp, partition, observe }))
    if (value !== undefined && typeof value !== 'function') throw invalidArgument(name, 'a function', value);
  const open = outletOpener(target, {
    ...options,
    maxBatch: checkCount('maxBatch', options.maxBatch ?? 1000),
    maxSends: checkCount('maxSends', options.maxSends ?? 1),
    onClose: 'leave',
    scheduler: options.scheduler ?? new RealTime(),
    observe,
  });
  return sendDocuments('toKafka', open, messageOf({ topic, encode, key, headers, timestamp, partition }));
}
