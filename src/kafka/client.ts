/**
 * The parts of a Kafka client that this library uses, in the shape that kafkajs gave them. A client of yours that has these fits, with
 * all its own settings.
 */

/** Values of a header. */
export type KafkaHeaderValue = Buffer | string | (Buffer | string)[] | undefined;

/** Headers of a record, by name. */
export interface KafkaHeaders {
  readonly [name: string]: KafkaHeaderValue;
}

/** A record as the consumer hands it out. */
export interface KafkaMessage {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Milliseconds since the epoch, as digits. */
  readonly timestamp: string;
  readonly offset: string;
  readonly headers?: KafkaHeaders;
}

/** Records of one partition that came together. */
export interface KafkaBatch {
  readonly topic: string;
  readonly partition: number;
  /** The offset after the last record that can be read. */
  readonly highWatermark: string;
  readonly messages: readonly KafkaMessage[];
  /** The last offset that the batch covers, which may be beyond that of its last message. */
  lastOffset(): string;
}

/** An offset to commit: that of the next record to read. */
export interface KafkaTopicOffsets {
  topic: string;
  partitions: { partition: number; offset: string }[];
}

/** What `eachBatch` is called with. */
export interface KafkaEachBatchPayload {
  readonly batch: KafkaBatch;
  resolveOffset(offset: string): void;
  heartbeat(): Promise<void>;
  /** Commits these offsets, with the generation of the group that the consumer is in. */
  commitOffsetsIfNecessary(offsets: { topics: KafkaTopicOffsets[] }): Promise<void>;
  isRunning(): boolean;
  isStale(): boolean;
}

/** What an instrumentation event of the consumer tells. */
export interface KafkaConsumerEvent<P> {
  readonly payload: P;
}

/** A consumer of kafkajs, or one like it. */
export interface KafkaConsumer {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  subscribe(subscription: { topics: (string | RegExp)[]; fromBeginning?: boolean }): Promise<void>;
  run(config: {
    autoCommit: boolean;
    eachBatchAutoResolve: boolean;
    partitionsConsumedConcurrently: number;
    eachBatch: (payload: KafkaEachBatchPayload) => Promise<void>;
  }): Promise<void>;
  /** @returns a function that ends it */
  on(
    event: 'consumer.group_join',
    listener: (
      event: KafkaConsumerEvent<{ groupId: string; memberId: string; memberAssignment: Record<string, number[]> }>,
    ) => void,
  ): () => void;
  on(
    event: 'consumer.crash',
    listener: (event: KafkaConsumerEvent<{ error: Error; restart: boolean }>) => void,
  ): () => void;
  on(
    event: 'consumer.heartbeat' | 'consumer.fetch' | 'consumer.end_batch_process' | 'consumer.rebalancing',
    listener: (event: KafkaConsumerEvent<unknown>) => void,
  ): () => void;
}

/** A record to be sent. */
export interface KafkaRecordToSend {
  readonly key?: Buffer | string | null;
  readonly value: Buffer | string | null;
  readonly headers?: Record<string, KafkaHeaderValue>;
  /** Milliseconds since the epoch, as digits. */
  readonly timestamp?: string;
  readonly partition?: number;
}

/** What sends records: a producer, or a transaction of one. */
export interface KafkaSender {
  sendBatch(batch: {
    topicMessages: { topic: string; messages: KafkaRecordToSend[] }[];
    acks?: number;
    compression?: number;
  }): Promise<unknown>;
}

/** A producer of kafkajs, or one like it. */
export interface KafkaProducer extends KafkaSender {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

/** A transaction of a producer. */
export interface KafkaTransaction extends KafkaSender {
  sendOffsets(offsets: { consumerGroupId: string; topics: KafkaTopicOffsets[] }): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
}

/** A producer that can begin transactions. */
export interface KafkaTransactionalProducer extends KafkaProducer {
  transaction(): Promise<KafkaTransaction>;
}

/** What asks the cluster about a group. */
export interface KafkaAdmin {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  /** Offset -1 where nothing is committed. */
  fetchOffsets(options: {
    groupId: string;
    topics: string[];
  }): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>;
}

/** A client of kafkajs, or one like it: what makes producers and admins. */
export interface KafkaClient {
  producer(config: {
    transactionalId: string;
    idempotent: boolean;
    maxInFlightRequests: number;
    transactionTimeout: number;
    retry: { initialRetryTime: number; factor: number; multiplier: number; maxRetryTime: number; retries: number };
  }): KafkaTransactionalProducer;
  admin(): KafkaAdmin;
}
