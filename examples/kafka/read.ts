// Prints the verdicts of a topic, and how many there are of each label.
//
//   node --import tsx examples/kafka/read.ts                 from localhost:9092, or $BROKERS, until Ctrl-C
import { Kafka, logLevel } from 'kafkajs';
import { acknowledge } from 'rx-lockstep';
import { fromKafka, json } from 'rx-lockstep/kafka';

/** Reads a topic of verdicts from the beginning, and tells of each. */
export function readVerdicts(
  brokers: readonly string[],
  signal: AbortSignal,
  tell: (id: string | number, label: string) => void,
): Promise<void> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.ERROR });
  const groupId = `reader-${process.pid}-${Date.now()}`;
  return fromKafka(kafka.consumer({ groupId, maxWaitTimeInMs: 500 }), {
    topic: 'verdicts',
    decode: json('label'), // the text of these documents is the label
    signal,
  })
    .pipe(acknowledge())
    .forEach(({ id, text }) => {
      tell(id, text);
    });
}

if (process.argv[1] === import.meta.filename) {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  const counts = new Map<string, number>();
  await readVerdicts((process.env.BROKERS ?? 'localhost:9092').split(','), stop.signal, (id, label) => {
    counts.set(label, (counts.get(label) ?? 0) + 1);
    console.log(id, label);
  });
  console.log(Object.fromEntries(counts));
}
