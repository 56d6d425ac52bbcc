/**
 * Streams of documents from Kafka and back: consume a topic, label what comes, send the verdicts, and lose nothing in between.
 *
 * The client is yours: hand in consumers and producers of [kafkajs](https://kafka.js.org), or of one like it.
 *
 * @packageDocumentation
 */
export type {
  KafkaAdmin,
  KafkaBatch,
  KafkaClient,
  KafkaConsumer,
  KafkaConsumerEvent,
  KafkaEachBatchPayload,
  KafkaHeaders,
  KafkaHeaderValue,
  KafkaMessage,
  KafkaProducer,
  KafkaRecordToSend,
  KafkaSender,
  KafkaTopicOffsets,
  KafkaTransaction,
  KafkaTransactionalProducer,
} from '../src/kafka/client.ts';
export type { KafkaDeadLetterHandler } from '../src/kafka/dead-letter-sink.ts';
export {
  type DecoderOptions,
  type JsonDecoderOptions,
  type JsonValueDocument,
  json,
  type KafkaDecoder,
  type TextDocument,
  text,
} from '../src/kafka/decoders.ts';
export type {
  KafkaAssignEvent,
  KafkaCommitEvent,
  KafkaCommitFailedEvent,
  KafkaCrashEvent,
  KafkaDrainEvent,
  KafkaEvent,
  KafkaObserver,
  KafkaOverdueEvent,
  KafkaPartition,
  KafkaPartitionProgress,
  KafkaProgressEvent,
  KafkaSendEvent,
  KafkaSendFailedEvent,
  KafkaSilenceEvent,
  KafkaSinkEvent,
  KafkaSourceEvent,
  KafkaStopEvent,
  KafkaTransactionEvent,
  KafkaTransactionFailedEvent,
} from '../src/kafka/events.ts';
export type { FromKafka, KafkaRecord } from '../src/kafka/record.ts';
export type { KafkaDeadLetters, RestartOptions } from '../src/kafka/source-options.ts';
export { type DeadLettersToKafkaOptions, deadLettersToKafka } from './dead-letters-to-kafka.ts';
export { type ExactlyOnce, type ExactlyOnceOptions, exactlyOnce } from './exactly-once.ts';
export { type FromKafkaOptions, fromKafka } from './from-kafka.ts';
export { type ToKafkaOptions, toKafka } from './to-kafka.ts';
