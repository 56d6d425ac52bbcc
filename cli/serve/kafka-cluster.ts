import { deadLettersToKafka } from '../../operators/dead-letters-to-kafka.ts';
import { type ExactlyOnce, exactlyOnce } from '../../operators/exactly-once.ts';
import { fromKafka } from '../../operators/from-kafka.ts';
import { toKafka } from '../../operators/to-kafka.ts';
import type { KafkaProducer } from '../../src/kafka/client.ts';
import { json, type KafkaDecoder, text } from '../../src/kafka/decoders.ts';
import { awaitTopics } from './await-topics.ts';
import { type Cluster, type ClusterOptions, MAX_SILENCE } from './cluster.ts';
import { clientConfig, consumerConfig, importKafka, producerConfig } from './kafka-client.ts';
import { takeLetters } from './letters.ts';
import type { ServeSettings } from './settings.ts';

/** With the group, topic and partition after it the name of a transactional producer. */
const TRANSACTIONAL_ID = 'lockstep';
/** To see whether the cluster is there: it answers soon or not, and we wait by ourselves. */
const PROBE = { requestTimeout: 5000, retry: { retries: 0 } } as const;

/** A cluster of Kafka, through kafkajs. */
export async function prepareKafka(options: ClusterOptions): Promise<Cluster> {
  const { settings, log, signal, observe, onRecord } = options;
  const module = await importKafka();
  const config = await clientConfig(settings, log);
  const kafka = new module.Kafka(config);
  const probe = new module.Kafka({ ...config, ...PROBE });
  const once = settings.exactlyOnce ? exactlyOnce(kafka, { transactionalId: TRANSACTIONAL_ID, observe }) : undefined;
  // Each sink connects and disconnects a producer of its own.
  const outlet = (): KafkaProducer | ExactlyOnce => once ?? kafka.producer(producerConfig(module));
  const { deadLetters: topic, logDocuments } = settings;
  const decode = decoderOf(settings);
  return {
    reach: () => awaitTopics(() => probe.admin(), { topics: topicsOf(settings), log, signal }),
    documents: fromKafka(() => kafka.consumer(consumerConfig(settings)), {
      topic: settings.in,
      decode: (record) => {
        onRecord(record);
        return decode(record);
      },
      maxInFlight: settings.inFlight,
      drainTimeout: Math.ceil(settings.drain),
      maxSilence: MAX_SILENCE,
      deadLetters: takeLetters({
        log,
        logDocuments,
        count: options.onDeadLetter,
        next: topic === undefined ? undefined : deadLettersToKafka(outlet(), { topic, observe }),
      }),
      exactlyOnce: once,
      signal,
      observe,
    }),
    verdicts: toKafka(outlet(), { topic: settings.out, observe }),
  };
}

function decoderOf({ text: isText, field, id }: ServeSettings): KafkaDecoder<{ text: string; id: string | number }> {
  return isText ? text() : json(field, { id });
}

function topicsOf({ in: input, out, deadLetters }: ServeSettings): string[] {
  return [...input, out, ...(deadLetters === undefined ? [] : [deadLetters])];
}
