// Labels a topic of documents: a program of one's own, where `lockstep serve` would do the same without one.
//
//   npm run kafka                                            in another terminal: a broker with the topics of this example
//   node --import tsx examples/kafka/produce.ts              sends the sample headlines
//   node --import tsx examples/kafka/label.ts                labels them until Ctrl-C or SIGTERM; start it twice, and they share
//   node --import tsx examples/kafka/read.ts                 prints the verdicts
import { Kafka, logLevel } from 'kafkajs';
import { classify, type Document, filterDocuments, loadEnsemble, scriptOf, shippedModel } from 'rx-lockstep';
import { deadLettersToKafka, fromKafka, json, toKafka } from 'rx-lockstep/kafka';

/** Labels the Chinese documents of a topic until it is told to end; gives how many there were. */
export async function labelDocuments(brokers: readonly string[], signal: AbortSignal): Promise<number> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.ERROR });
  const news = await loadEnsemble(shippedModel('zh-topics'));
  let labelled = 0;
  const documents = fromKafka(kafka.consumer({ groupId: 'labels', maxWaitTimeInMs: 500 }), {
    topic: 'documents',
    decode: json('text'),
    deadLetters: deadLettersToKafka(kafka.producer(), { topic: 'dead-letters' }),
    signal,
  });
  const verdicts = documents.pipe(
    filterDocuments(({ text }: Document) => scriptOf(text) === 'han'), // the others are acknowledged, and go nowhere
    classify(news),
    toKafka(kafka.producer({ idempotent: true }), { topic: 'verdicts' }),
  );
  await verdicts.forEach(() => {
    labelled++;
  });
  await news.close();
  return labelled;
}

if (process.argv[1] === import.meta.filename) {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  const brokers = (process.env.BROKERS ?? 'localhost:9092').split(',');
  console.log(`${await labelDocuments(brokers, stop.signal)} documents labelled`);
}
