/** A partition of a topic. */
export interface KafkaPartition {
  readonly topic: string;
  readonly partition: number;
}

/** The group gave us these partitions; all that we had before is given back. */
export interface KafkaAssignEvent {
  readonly type: 'assign';
  readonly groupId: string;
  /** How many times we have joined the group. */
  readonly epoch: number;
  readonly partitions: readonly KafkaPartition[];
  /** What we had before and have no more. */
  readonly revoked: readonly KafkaPartition[];
}

/** Offsets were committed, each that of the next record to read. */
export interface KafkaCommitEvent {
  readonly type: 'commit';
  readonly offsets: readonly (KafkaPartition & { readonly offset: number })[];
  readonly milliseconds: number;
}

/** A commit failed; it is tried again, or what it was to commit comes again. */
export interface KafkaCommitFailedEvent {
  readonly type: 'commit-failed';
  readonly error: unknown;
  /** Whether the group has moved on: then the documents come again, to whoever has the partition now. */
  readonly superseded: boolean;
}

/** The consumer died or could not begin. */
export interface KafkaCrashEvent {
  readonly type: 'crash';
  readonly error: unknown;
  /** Milliseconds until the next attempt; undefined if the client sees to it by itself. */
  readonly retryIn: number | undefined;
}

/** Nothing was heard from the cluster for some time. */
export interface KafkaSilenceEvent {
  readonly type: 'silence';
  readonly milliseconds: number;
}

/** A document was not settled for so long that it holds up the commits of its partition; a stage may have forgotten it. */
export interface KafkaOverdueEvent extends KafkaPartition {
  readonly type: 'overdue';
  readonly offset: number;
  /** Milliseconds since it was emitted. */
  readonly age: number;
}

/** How far a partition is. */
export interface KafkaPartitionProgress extends KafkaPartition {
  /** The offset of the next record to emit. */
  readonly position: number;
  /** The last offset that we committed; undefined before the first commit. */
  readonly committed: number | undefined;
  /** The offset after the last record that can be read; undefined before the first batch. */
  readonly highWatermark: number | undefined;
  readonly inFlight: number;
  /** The document that has waited longest to be settled. */
  readonly oldest: { readonly offset: number; readonly age: number } | undefined;
}

/** How far everything is; told at intervals. */
export interface KafkaProgressEvent {
  readonly type: 'progress';
  readonly inFlight: number;
  readonly partitions: readonly KafkaPartitionProgress[];
}

/** No more is taken; what is in flight is finished. */
export interface KafkaDrainEvent {
  readonly type: 'drain';
  readonly inFlight: number;
}

/** The consumer has left the group. */
export interface KafkaStopEvent {
  readonly type: 'stop';
  /** Documents that were still in flight; they come again. */
  readonly unsettled: number;
}

/** The broker has confirmed records. */
export interface KafkaSendEvent {
  readonly type: 'send';
  readonly topic: string;
  readonly records: number;
  readonly milliseconds: number;
}

/** Records could not be sent; they are tried again. */
export interface KafkaSendFailedEvent {
  readonly type: 'send-failed';
  readonly topic: string;
  readonly error: unknown;
  readonly attempt: number;
  /** Milliseconds until the next attempt. */
  readonly retryIn: number;
}

/** A transaction was committed: records and offset together. */
export interface KafkaTransactionEvent extends KafkaPartition {
  readonly type: 'transaction';
  readonly records: number;
  /** The offset committed with them. */
  readonly offset: number;
  readonly milliseconds: number;
}

/** A transaction failed; it is done anew by a new producer, or by whoever has the partition now. */
export interface KafkaTransactionFailedEvent extends KafkaPartition {
  readonly type: 'transaction-failed';
  readonly error: unknown;
  /** Whether another process has taken over the partition. */
  readonly fenced: boolean;
}

/** What `fromKafka` tells an observer. */
export type KafkaSourceEvent =
  | KafkaAssignEvent
  | KafkaCommitEvent
  | KafkaCommitFailedEvent
  | KafkaCrashEvent
  | KafkaSilenceEvent
  | KafkaOverdueEvent
  | KafkaProgressEvent
  | KafkaDrainEvent
  | KafkaStopEvent;

/** What `toKafka`, `deadLettersToKafka` and `exactlyOnce` tell an observer. */
export type KafkaSinkEvent =
  | KafkaSendEvent
  | KafkaSendFailedEvent
  | KafkaTransactionEvent
  | KafkaTransactionFailedEvent;

export type KafkaEvent = KafkaSourceEvent | KafkaSinkEvent;

/** Takes {@link KafkaEvent}s. It is called synchronously, so it must be quick and must not throw. */
export type KafkaObserver<E extends KafkaEvent = KafkaEvent> = (event: E) => void;
