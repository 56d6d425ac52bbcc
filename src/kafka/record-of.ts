import type { KafkaRecord } from './record.ts';

/** The record from which a document was made; undefined if it does not come from a topic. */
export function kafkaRecordOf(document: object): KafkaRecord | undefined {
  const record: unknown = 'kafka' in document ? document.kafka : undefined;
  return isKafkaRecord(record) ? record : undefined;
}

function isKafkaRecord(value: unknown): value is KafkaRecord {
  if (typeof value !== 'object' || value === null) return false;
  if (!('topic' in value && 'partition' in value && 'offset' in value && 'timestamp' in value)) return false;
  if (!('key' in value && 'value' in value && 'headers' in value)) return false;
  const { topic, partition, offset, timestamp, key, value: content, headers } = value;
  return (
    typeof topic === 'string' &&
    typeof partition === 'number' &&
    typeof offset === 'string' &&
    typeof timestamp === 'number' &&
    (key === null || Buffer.isBuffer(key)) &&
    (content === null || Buffer.isBuffer(content)) &&
    typeof headers === 'object' &&
    headers !== null
  );
}
