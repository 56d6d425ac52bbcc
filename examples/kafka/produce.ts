// Sends the sample headlines, Chinese and English, to a topic: one JSON document each.
//
//   npm run kafka                                            in another terminal: a broker with the topics of this example
//   node --import tsx examples/kafka/produce.ts              to localhost:9092, or $BROKERS
import { readFile } from 'node:fs/promises';
import { Kafka, logLevel } from 'kafkajs';

/** Sends every headline; gives how many there were. */
export async function produceHeadlines(brokers: readonly string[], topic = 'documents'): Promise<number> {
  const producer = new Kafka({ brokers: [...brokers], logLevel: logLevel.ERROR }).producer({ idempotent: true });
  const messages: { key: string; value: string }[] = [];
  for (const language of ['zh', 'en']) {
    const lines = await readFile(new URL(`../data/headlines.${language}.txt`, import.meta.url), 'utf8');
    for (const [i, text] of lines.trim().split('\n').entries()) {
      const id = `${language}-${i + 1}`;
      messages.push({ key: id, value: JSON.stringify({ id, text }) });
    }
  }
  await producer.connect();
  await producer.send({ topic, messages });
  await producer.disconnect();
  return messages.length;
}

if (process.argv[1] === import.meta.filename) {
  const brokers = (process.env.BROKERS ?? 'localhost:9092').split(',');
  console.log(`${await produceHeadlines(brokers)} headlines sent to the topic documents`);
}
