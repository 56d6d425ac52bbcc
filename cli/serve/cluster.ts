import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import type { Labelled } from '../../operators/vote.ts';
import type { DeadLetter } from '../../src/document/document.ts';
import type { KafkaEvent } from '../../src/kafka/events.ts';
import type { KafkaRecord } from '../../src/kafka/record.ts';
import type { Logger } from './logger.ts';
import type { ServeSettings } from './settings.ts';

/** Milliseconds without a sign of life from the cluster after which it counts as silent. */
export const MAX_SILENCE = 60_000;

/** A document as it comes from a topic. */
export interface ServedDocument {
  readonly text: string;
  readonly id: string | number;
  readonly kafka: KafkaRecord;
}

/** What a cluster is given of ours. */
export interface ClusterOptions {
  readonly settings: ServeSettings;
  readonly log: Logger;
  /** Aborted when we are asked to stop. */
  readonly signal: AbortSignal;
  readonly observe: (event: KafkaEvent) => void;
  /** Is told of each record that comes in, before it is decoded. */
  readonly onRecord: (record: KafkaRecord) => void;
  /** Is told of each dead letter. */
  readonly onDeadLetter: (letter: DeadLetter) => void;
}

/** Where documents come from and verdicts go to. */
export interface Cluster {
  /**
   * Waits until it can be reached and has the topics; the number of partitions of each. Undefined if we were asked to stop.
   *
   * @throws LockstepError `INVALID_ARGUMENT` if topics are not there; Error if the brokers do not let us in
   */
  reach(): Promise<ReadonlyMap<string, number> | undefined>;
  /** Completes after the signal, when all that was in flight is done. */
  readonly documents: Observable<ServedDocument>;
  /** Emits what the cluster has confirmed. */
  readonly verdicts: MonoTypeOperatorFunction<ServedDocument & Labelled>;
}

/** Gets everything ready to reach a cluster, without reaching for it. */
export type PrepareCluster = (options: ClusterOptions) => Promise<Cluster>;
