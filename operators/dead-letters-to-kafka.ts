import type { SchedulerLike } from 'rxjs';
import { RealTime } from '../src/clock/real-time.ts';
import type { DeadLetter } from '../src/document/document.ts';
import { invalidArgument } from '../src/errors.ts';
import type { KafkaHeaders, KafkaProducer } from '../src/kafka/client.ts';
import { deadLetterSink, type KafkaDeadLetterHandler } from '../src/kafka/dead-letter-sink.ts';
import type { KafkaObserver, KafkaSinkEvent } from '../src/kafka/events.ts';
import { outletOpener } from '../src/kafka/open-outlet.ts';
import type { OutletSource } from '../src/kafka/outlet.ts';
import { warn } from '../src/kafka/warn.ts';

/** Options of {@link deadLettersToKafka}. */
export interface DeadLettersToKafkaOptions {
  readonly topic: string;
  /** Headers besides those that the document came with and those that say what happened. @default none */
  readonly headers?: ((letter: DeadLetter) => KafkaHeaders) | undefined;
  /** Confirmations to wait for: -1 of all replicas in sync, 1 of the leader, 0 of none. @default -1 */
  readonly acks?: -1 | 0 | 1 | undefined;
  /** As kafkajs numbers them: 0 none, 1 gzip, and others for which a codec is registered. @default 0 */
  readonly compression?: number | undefined;
  /** Is told of requests. @default those that fail are warnings of the process */
  readonly observe?: KafkaObserver<KafkaSinkEvent> | undefined;
  /** What measures time. @default real time */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Makes a handler that sends dead letters to a topic, for `fromKafka` or `deadLetter`. A document is acknowledged when the broker has
 * confirmed its letter; a broker that is away holds the source back, as with `toKafka`.
 *
 * A letter has the key, value and headers of the record as it came (of a document from elsewhere: its id as key, and `{ id, text }` as
 * JSON). Headers of its own say what happened:
 *
 * | header | |
 * |---|---|
 * | `lockstep-code` | the code of the error, such as `INVALID_DATA` |
 * | `lockstep-reason` | its message in one line, of 1,000 characters at most |
 * | `lockstep-topic`, `lockstep-partition`, `lockstep-offset`, `lockstep-timestamp` | where the record came from, and when it was written |
 * | `lockstep-attempt` | 1; or one more than the record came with, if it was a dead letter before |
 * | `lockstep-key-omitted`, `lockstep-value-omitted`, `lockstep-headers-omitted` | bytes or number of what was left out |
 *
 * If the broker refuses a letter for its size, the letter goes without its largest part, then without the next, so that no document
 * comes again for ever.
 *
 * @example
 * ```ts
 * const deadLetters = deadLettersToKafka(kafka.producer(), { topic: 'dead-letters' });
 * fromKafka(kafka.consumer({ groupId: 'labels' }), { topic: 'documents', decode: json('text'), deadLetters })
 *   .pipe(classify(news), toKafka(kafka.producer(), { topic: 'verdicts' }))
 *   .subscribe();
 * ```
 * @param target a producer of kafkajs or one like it, or what `exactlyOnce` gives; the producer is connected with the first letter
 * @return a handler, whose `close` disconnects the producer: `fromKafka` calls it at its end, with `deadLetter` it is yours to call. What
 * the handler returns rejects with `SINK_FAILED` and the cause if the cluster refuses us.
 * @throws LockstepError `INVALID_ARGUMENT` for an argument that is not what it should be
 * @see fromKafka
 * @see deadLetter
 */
export function deadLettersToKafka(
  target: KafkaProducer | OutletSource,
  options: DeadLettersToKafkaOptions,
): KafkaDeadLetterHandler {
  if (typeof options !== 'object' || options === null)
    throw invalidArgument('options', 'an object with `topic`', options);
  const { topic, headers, observe = warn } = options;
  if (typeof topic !== 'string' || topic === '') throw invalidArgument('topic', 'the name of a topic', topic);
  for (const [name, value] of Object.entries({ headers, observe }))
    if (value !== undefined && typeof value !== 'function') throw invalidArgument(name, 'a function', value);
  const open = outletOpener(target, {
    ...options,
    maxBatch: 1000,
    maxSends: 1,
    onClose: 'send',
    scheduler: options.scheduler ?? new RealTime(),
    observe,
  });
  return deadLetterSink(open, { topic, headers });
}
