/** A process that reads documents, JSON with a text, and writes JSON with the parity of the text's length. */
import type { KafkaMessage, Message } from 'kafkajs';
import { json } from 'rx-lockstep/kafka';
import { clientOf } from '../../test/kafka/support/client.ts';
import { byHand } from './by-hand.ts';
import type { Job, Progress, Stop } from './job.ts';
import { lockstep } from './lockstep.ts';
import { type Cost, PARITIES, parity, parityClassifier } from './models.ts';
import type { WorkerConfig, WorkerJoined } from './worker-config.ts';

const config: WorkerConfig = JSON.parse(process.argv[2] ?? '{}');

const progress: Progress = {
  joined: (partitions) => {
    const said: WorkerJoined = { joined: partitions };
    console.log(JSON.stringify(said));
  },
  through: () => {},
  failed: (error) => {
    console.error(error);
    process.exit(1);
  },
};

function start({ by, bootstrap, cost, ...job }: WorkerConfig): Promise<Stop> {
  const kafka = clientOf({ bootstrap });
  return by === 'lockstep' ? withLockstep({ kafka, ...job }, cost) : withKafkajs({ kafka, ...job }, cost);
}

function withLockstep(job: Job, cost: Cost): Promise<Stop> {
  return lockstep(
    {
      ...job,
      classifier: parityClassifier(cost),
      decode: json('text'),
      encode: ({ id, verdict }) => ({ id, label: verdict.label }),
    },
    progress,
  );
}

function withKafkajs(job: Job, cost: Cost): Promise<Stop> {
  const model = parity(cost);
  const convert = async (messages: readonly KafkaMessage[]): Promise<Message[]> => {
    const documents = messages.map(({ value }): { id: number; text: string } => JSON.parse(String(value)));
    const converted: Message[] = [];
    for (let from = 0; from < documents.length; from += BATCH) {
      const batch = documents.slice(from, from + BATCH);
      const scores = await model(batch);
      for (const [row, { id }] of batch.entries()) {
        const label = PARITIES[(scores[2 * row] ?? 0) > 0.5 ? 0 : 1];
        converted.push({ key: messages[from + row]?.key ?? null, value: JSON.stringify({ id, label }) });
      }
    }
    return converted;
  };
  return byHand({ ...job, convert, commitInterval: 1000 }, progress);
}

/** Documents that go to the model together, as many as in this library. */
const BATCH = 64;

await start(config);
