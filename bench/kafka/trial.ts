import { setTimeout as sleep } from 'node:timers/promises';
import { clientOf, freshName, freshTopic } from '../../test/kafka/support/client.ts';
import { documentRecord, fill, steadyLoad } from './load.ts';
import { PARTITIONS, type Setting } from './setting.ts';
import { readVerdicts } from './verdict-reader.ts';
import type { WorkerConfig } from './worker-config.ts';
import { startWorkers } from './workers.ts';

/** What is to be tried. */
export type Candidate = Pick<
  WorkerConfig,
  'by' | 'mode' | 'cost' | 'maxInFlight' | 'maxBatch' | 'period' | 'commitInterval'
>;

/** Documents that arrive. */
export interface Load {
  /** Documents a second. */
  readonly rate: number;
  /** In which arrivals count; those of the half second before do not. */
  readonly seconds: number;
}

/** Documents that a worker begins with, while its code is compiled and its partitions are claimed; their ids begin here. */
const WARM_UP = { documents: 3000, ids: 1e9 };
/** Seconds of the load that do not count. */
const SETTLING = 0.5;
/** Seconds in which the last verdicts must have come. */
const PATIENCE = 60;
/** Part of the verdicts that a worker begins with, which do not count. */
const START = 0.1;

/** The verdicts a second of a worker that finds so many documents waiting, as a plain reader sees them come. */
export async function capacityOf(broker: Setting['broker'], candidate: Candidate, documents: number): Promise<number> {
  const trial = await prepare(broker, candidate);
  await fill(trial.kafka, trial.input, documents);
  const [begin, end] = [Math.floor(START * documents), documents - 1];
  const times: number[] = [];
  const stopReading = await readVerdicts(trial.kafka, trial.output, (_, { now }) => void times.push(now));
  const workers = await startWorkers(1, trial.config);
  await until(() => times.length > end);
  await Promise.all([stopReading(), ...workers.map((worker) => worker.kill())]);
  return (1000 * (end - begin)) / ((times[end] ?? 0) - (times[begin] ?? 0));
}

/** Milliseconds from the arrival of each document until a plain reader sees its verdict. */
export async function delaysOf(
  broker: Setting['broker'],
  candidate: Candidate,
  { rate, seconds }: Load,
): Promise<number[]> {
  const trial = await prepare(broker, candidate);
  const seen: number[] = [];
  let count = 0;
  const stopReading = await readVerdicts(trial.kafka, trial.output, ({ id }, { now }) => {
    if (id < WARM_UP.ids) seen[id] ??= now;
    count++;
  });
  const workers = await startWorkers(1, trial.config);
  await fill(trial.kafka, trial.input, WARM_UP.documents, (i) => documentRecord(WARM_UP.ids + i));
  await until(() => count >= WARM_UP.documents);
  const load = await steadyLoad(trial.kafka, trial.input, rate);
  await sleep(1000 * (SETTLING + seconds));
  await load.stop();
  await until(() => count >= WARM_UP.documents + load.arrivals.length);
  await Promise.all([stopReading(), ...workers.map((worker) => worker.kill())]);
  const from = (load.arrivals[0] ?? 0) + 1000 * SETTLING;
  return load.arrivals.flatMap((arrived, id) => (arrived < from ? [] : [(seen[id] ?? Number.NaN) - arrived]));
}

async function prepare(broker: Setting['broker'], candidate: Candidate) {
  const [input, output] = await Promise.all([
    freshTopic(broker, { partitions: PARTITIONS, name: 'documents' }),
    freshTopic(broker, { partitions: PARTITIONS, name: 'verdicts' }),
  ]);
  const config: WorkerConfig = {
    ...candidate,
    bootstrap: broker.bootstrap,
    groupId: freshName('trial'),
    input,
    output,
  };
  return { kafka: clientOf(broker), input, output, config };
}

async function until(done: () => boolean): Promise<void> {
  const deadline = performance.now() + 1000 * PATIENCE;
  while (!done()) {
    if (performance.now() > deadline) throw new Error(`Not all verdicts came within ${PATIENCE} s`);
    await sleep(20);
  }
}
