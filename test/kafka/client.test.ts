import { Kafka } from 'kafkajs';
import type { KafkaClient, KafkaConsumer, KafkaProducer } from '../../src/kafka/client.ts';

describe('the Kafka client that is handed in', () => {
  it('may be one of kafkajs, as its types say', () => {
    const kafka = new Kafka({ brokers: ['localhost:9092'] });
    const parts: [KafkaClient, KafkaConsumer, KafkaProducer] = [
      kafka,
      kafka.consumer({ groupId: 'g' }),
      kafka.producer(),
    ];
    void parts;
  });
});
