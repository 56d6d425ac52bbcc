/** One of the processes of a chaos run: from a topic through lanes to another, by the public API alone. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import {
  Clock,
  type Document,
  fanOut,
  subtask,
  type Tokenized,
  tokenize,
  vote,
  words,
  zipLanes,
} from '../../../operators/index.ts';
import {
  deadLettersToKafka,
  exactlyOnce,
  fromKafka,
  json,
  type KafkaEvent,
  toKafka,
} from '../../../operators/kafka.ts';
import { COLOURS, POISON, SCRAWL } from './documents.ts';
import type { ChaosVerdict, WorkerConfig } from './worker-config.ts';

const config: WorkerConfig = JSON.parse(process.argv[2] ?? '{}');
const { name, bootstrap, group, topics, mode, sessionTimeout } = config;

const kafka = new Kafka({
  clientId: name,
  brokers: [bootstrap],
  logLevel: logLevel.NOTHING,
  retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 60 },
});

/** When we last joined the group. */
let joined = 0;

/** A line for whoever looks for the cause of something afterwards; a pipe takes it at once, so that not even SIGKILL loses it. */
function say(event: { readonly type: string }): void {
  console.log(
    JSON.stringify({ at: Date.now(), ...event }, (_, value) => (value instanceof Error ? told(value) : value)),
  );
}

function told(error: Error): object {
  return { ...error, name: error.name, message: error.message, cause: error.cause };
}

function observe(event: KafkaEvent): void {
  if (event.type === 'assign') joined = Date.now();
  if (event.type !== 'progress' && event.type !== 'send') say(event);
}

const lanes = COLOURS.map((colour) =>
  subtask<Document & Tokenized>(colour, [colour], async (documents) => {
    await sleep(5 * Math.random());
    if (documents.some(({ text }) => text.includes(POISON))) throw new Error('This is poison');
    return documents.map(({ tokens }) => (tokens.some(({ text }) => text === colour) ? 0.9 : 0.1));
  }),
);

const cut = words();
const decode = json('text', { tombstones: 'dead-letter' });

const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());

const once =
  mode === 'exactly-once'
    ? exactlyOnce(kafka, { transactionalId: 'chaos', transactionTimeout: 20_000, observe })
    : undefined;
const target = once ?? kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry: { retries: 60 } });

fromKafka(
  () =>
    kafka.consumer({
      groupId: group,
      sessionTimeout,
      heartbeatInterval: sessionTimeout / 10,
      rebalanceTimeout: 2 * sessionTimeout,
      maxWaitTimeInMs: 200,
    }),
  {
    topic: topics.documents,
    decode: (record) => {
      const document = decode(record);
      return document && { ...document, joined };
    },
    deadLetters: deadLettersToKafka(target, {
      topic: topics.deadLetters,
      headers: ({ document }) => ({
        worker: name,
        // What cannot be decoded is refused at once.
        joined: String('joined' in document ? document.joined : joined),
      }),
      observe,
    }),
    exactlyOnce: once,
    maxInFlight: 1024,
    commitInterval: 500,
    drainTimeout: 20_000,
    restart: { initialDelay: 200, maxDelay: 2_000 },
    signal: stop.signal,
    observe,
  },
)
  .pipe(
    tokenize((text) => {
      if (text.includes(SCRAWL)) throw new Error('This cannot be read');
      return cut(text);
    }),
    fanOut(lanes, { clock: new Clock({ period: 5, workConserving: true }) }),
    zipLanes(),
    vote(),
    toKafka(target, {
      topic: topics.verdicts,
      encode: ({ id, verdict, kafka: { partition, offset }, joined: since }): ChaosVerdict => ({
        id: Number(id),
        label: verdict.label,
        partition,
        offset: Number(offset),
        worker: name,
        joined: since,
      }),
      observe,
    }),
  )
  .subscribe({
    error: (error: unknown) => {
      say({ type: 'error', ...(error instanceof Error ? told(error) : { error }) });
      process.exit(1);
    },
    complete: () => say({ type: 'complete' }),
  });
