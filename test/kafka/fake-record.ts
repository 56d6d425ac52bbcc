import type { Document } from '../../src/document/document.ts';
import type { KafkaRecord } from '../../src/kafka/record.ts';

/** A record as it comes out of a topic. */
export function fakeRecord(fields: Partial<KafkaRecord> = {}): KafkaRecord {
  return {
    topic: 'documents',
    partition: 2,
    offset: '17',
    timestamp: 1_700_000_000_000,
    key: Buffer.from('key'),
    value: Buffer.from('value'),
    headers: {},
    ...fields,
  };
}

/** A document that perhaps comes from a topic. */
export interface FakeDocument extends Document {
  readonly kafka?: KafkaRecord;
}
