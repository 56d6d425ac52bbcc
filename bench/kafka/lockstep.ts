import { type Classifier, Clock, classify, type Document, type Labelled } from 'rx-lockstep';
import { exactlyOnce, fromKafka, type KafkaDecoder, text, toKafka } from 'rx-lockstep/kafka';
import { consumerFor, type Job, type Progress, run, type Stop } from './job.ts';

/** What can be turned; where nothing is said the library's own default stands. */
export interface Tuning {
  readonly maxInFlight?: number | undefined;
  readonly maxBatch?: number | undefined;
  /** Of the clock, in milliseconds. */
  readonly period?: number | undefined;
  /** Milliseconds; of offsets at least once, of transactions exactly once. */
  readonly commitInterval?: number | undefined;
}

export interface LockstepJob extends Job, Tuning {
  readonly classifier: Classifier;
  /** @default text() */
  readonly decode?: KafkaDecoder<Document>;
  /** @default the record of a verdict, as `toKafka` writes it */
  readonly encode?: (document: Document & Labelled) => unknown;
}

/** The job by this library. */
export async function lockstep(job: LockstepJob, progress: Progress): Promise<Stop> {
  const { kafka, mode, input, output, classifier, decode = text(), encode } = job;
  const { maxInFlight, maxBatch, period = 5, commitInterval } = job;
  const abort = new AbortController();
  const once = mode === 'exactly once' ? exactlyOnce(kafka, { transactionalId: 'bench', commitInterval }) : undefined;
  const target = once ?? kafka.producer({ idempotent: true });
  const labelled = fromKafka(() => consumerFor(job), {
    topic: input,
    decode,
    maxInFlight,
    exactlyOnce: once,
    ...(!once && { commitInterval }),
    signal: abort.signal,
    observe: (event) => event.type === 'assign' && progress.joined(event.partitions.length),
  }).pipe(
    classify(classifier, { clock: new Clock({ period, workConserving: true }), maxBatch }),
    encode
      ? toKafka<Document & Labelled>(target, { topic: output, encode })
      : toKafka<Document & Labelled>(target, { topic: output }),
  );
  return run(labelled, abort, progress);
}
