import { expectTypeOf } from 'expect-type';
import type { Consumer, EachBatchPayload, Kafka, Producer, Transaction } from 'kafkajs';
import type { Observable } from 'rxjs';
import { acknowledge } from '../../operators/acknowledge.ts';
import { filterDocuments } from '../../operators/filter-documents.ts';
import type {
  KafkaAdmin,
  KafkaClient,
  KafkaConsumer,
  KafkaDecoder,
  KafkaEachBatchPayload,
  KafkaProducer,
  KafkaRecord,
  KafkaTransaction,
  KafkaTransactionalProducer,
} from '../../operators/kafka.ts';
import { exactlyOnce, fromKafka, json, text } from '../../operators/kafka.ts';

type Emitted<O> = O extends Observable<infer D> ? D : never;
type RunConfig = Parameters<KafkaConsumer['run']>[0];

declare const kafka: Kafka;
declare const consumer: Consumer;

describe('types of a Kafka client', () => {
  it('are those that kafkajs gives', () => {
    expectTypeOf<Kafka>().toExtend<KafkaClient>();
    expectTypeOf<Consumer>().toExtend<KafkaConsumer>();
    expectTypeOf<Producer>().toExtend<KafkaProducer>();
    expectTypeOf<Producer>().toExtend<KafkaTransactionalProducer>();
    expectTypeOf<Transaction>().toExtend<KafkaTransaction>();
    expectTypeOf<ReturnType<Kafka['admin']>>().toExtend<KafkaAdmin>();
    expectTypeOf<EachBatchPayload>().toExtend<KafkaEachBatchPayload>();
  });

  it('are no more than kafkajs takes', () => {
    expectTypeOf<RunConfig>().toExtend<NonNullable<Parameters<Consumer['run']>[0]>>();
    expectTypeOf<Parameters<KafkaConsumer['subscribe']>[0]>().toExtend<Parameters<Consumer['subscribe']>[0]>();
    expectTypeOf<Parameters<KafkaClient['producer']>[0]>().toExtend<NonNullable<Parameters<Kafka['producer']>[0]>>();
    expectTypeOf<Parameters<KafkaProducer['sendBatch']>[0]>().toExtend<Parameters<Producer['sendBatch']>[0]>();
  });

  it('do not let in what is something else', () => {
    expectTypeOf<Producer>().not.toExtend<KafkaConsumer>();
    expectTypeOf<Consumer>().not.toExtend<KafkaProducer>();
    expectTypeOf<Consumer>().not.toExtend<KafkaClient>();
    expectTypeOf<KafkaProducer>().not.toExtend<KafkaTransactionalProducer>();
  });
});

describe('types of fromKafka', () => {
  const make = () => ({
    plain: fromKafka(consumer, { topic: 'documents' }),
    ofJson: fromKafka(() => consumer, { topic: /^documents/, decode: json('body.title') }),
    once: fromKafka(consumer, {
      topic: ['a', /b/],
      decode: text(),
      exactlyOnce: exactlyOnce(kafka, { transactionalId: 'x' }),
    }),
  });

  it('are what the decoder makes, with the record', () => {
    type Made = ReturnType<typeof make>;
    expectTypeOf<Emitted<Made['plain']>>().toHaveProperty('text').toEqualTypeOf<string>();
    expectTypeOf<Emitted<Made['plain']>>().toHaveProperty('id').toEqualTypeOf<string>();
    expectTypeOf<Emitted<Made['plain']>>().toHaveProperty('kafka').toEqualTypeOf<KafkaRecord>();
    expectTypeOf<Emitted<Made['ofJson']>>().toHaveProperty('id').toEqualTypeOf<string | number>();
    expectTypeOf<Emitted<Made['ofJson']>>().toHaveProperty('record');
    expectTypeOf<Emitted<Made['once']>>().toHaveProperty('kafka').toEqualTypeOf<KafkaRecord>();
  });

  it('go through the operators', () => {
    type Chain = ReturnType<typeof chain>;
    const chain = () =>
      make().ofJson.pipe(
        filterDocuments(({ record, kafka: { partition } }) => record.x === partition),
        acknowledge(),
      );
    expectTypeOf<Emitted<Chain>>().toHaveProperty('kafka').toEqualTypeOf<KafkaRecord>();
  });

  it('ask a decoder for a document or null', () => {
    expectTypeOf<(record: KafkaRecord) => { text: string; at: Date } | null>().toExtend<
      KafkaDecoder<{ text: string; at: Date }>
    >();
    // @ts-expect-error: a decoder that gives no text
    const wrong = () => fromKafka(consumer, { topic: 'documents', decode: () => ({ title: '' }) });
    void wrong;
  });
});
