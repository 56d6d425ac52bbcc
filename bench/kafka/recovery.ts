import { setTimeout as sleep } from 'node:timers/promises';
import { clientOf, freshName, freshTopic } from '../../test/kafka/support/client.ts';
import { partitionOf, type SteadyLoad, steadyLoad } from './load.ts';
import { each, figure } from './rounds.ts';
import { PARTITIONS, type Setting } from './setting.ts';
import { readVerdicts } from './verdict-reader.ts';
import type { WorkerConfig } from './worker-config.ts';
import { startWorkers, type Worker } from './workers.ts';

const SESSION_TIMEOUT = 6000;
/** Documents a second for each group; all three run at the same time. */
const RATE = 200;
/** Milliseconds from one send of them to the next: few sends wait while the broker is away. */
const TICK = 50;
const ROUNDS = 3;
/** Seconds without a disturbance, before and between them. */
const CALM = 1;
/** Seconds after which we give up. */
const PATIENCE = 90;

const GROUPS = {
  'at least once': { by: 'lockstep', mode: 'at least once' },
  'exactly once': { by: 'lockstep', mode: 'exactly once' },
  'by hand, at least once': { by: 'hand', mode: 'at least once' },
} as const satisfies Record<string, Pick<WorkerConfig, 'by' | 'mode'>>;

/** Seconds until verdicts flow again in one group. */
interface Recovery {
  readonly afterWorker: number;
  readonly afterBroker: number;
  /** Of `afterBroker`, those after the broker was up again. */
  readonly afterBrokerReady: number;
}

/** How long it takes until verdicts flow again, from all partitions, when one of two workers is killed, and when the broker is. */
export async function recovery(setting: Setting): Promise<void> {
  const times = setting.rounds(ROUNDS);
  const names = Object.keys(GROUPS);
  const rounds: (readonly Recovery[])[] = [];
  for (let round = 0; round < times; round++) rounds.push(await disturbedOnce(setting));
  const results = new Map(names.map((name, i) => [name, rounds.flatMap((groups) => groups[i] ?? [])]));
  const measured = {
    'after SIGKILL of one of two workers': each(results, ({ afterWorker }) => afterWorker),
    'after SIGKILL of the broker': each(results, ({ afterBroker }) => afterBroker),
    'of that, after the broker was up again': each(results, ({ afterBrokerReady }) => afterBrokerReady),
  };
  setting.report(
    'recovery',
    `until all ${PARTITIONS} partitions give verdicts of new documents; session timeout ${SESSION_TIMEOUT / 1000} s, ${RATE} documents a second, all groups at the same time, median of ${times}`,
    Object.entries(measured).flatMap(([what, values]) =>
      names.map((name) => figure(values, name, 's', `${what}, ${name}`)),
    ),
  );
}

/** One group of workers, with documents that come and verdicts that go. */
class Group {
  readonly workers: readonly Worker[];
  readonly #load: SteadyLoad;
  readonly #stopReading: () => Promise<void>;
  /** For each partition when the first verdict was written of a document that came since; by the broker's time. */
  #first = new Map<number, number>();
  #since = Number.POSITIVE_INFINITY;

  constructor(parts: { workers: readonly Worker[]; load: SteadyLoad; stopReading: () => Promise<void> }) {
    this.workers = parts.workers;
    this.#load = parts.load;
    this.#stopReading = parts.stopReading;
  }

  /** From now on it is to recover. */
  disturb(): void {
    this.#first = new Map();
    this.#since = performance.now();
  }

  seen(id: number, timestamp: number): void {
    const arrived = this.#load.arrivals[id] ?? 0;
    const partition = partitionOf(id);
    if (arrived > this.#since && !this.#first.has(partition)) this.#first.set(partition, timestamp);
  }

  /** When it had recovered, in milliseconds since 1970; undefined while it has not. */
  get recovered(): number | undefined {
    return this.#first.size === PARTITIONS ? Math.max(...this.#first.values()) : undefined;
  }

  async end(): Promise<void> {
    await this.#load.stop();
    await Promise.all([this.#stopReading(), ...this.workers.map((worker) => worker.kill())]);
  }
}

async function disturbedOnce({ broker }: Setting): Promise<readonly Recovery[]> {
  const groups = await Promise.all(Object.values(GROUPS).map((group) => startGroup(broker, group)));
  await recoveryOf(groups);
  await sleep(1000 * CALM);

  const killed = Date.now();
  for (const { workers } of groups) void workers[0]?.kill();
  const afterWorker = await recoveryOf(groups);
  await sleep(1000 * CALM);

  const down = Date.now();
  await broker.kill();
  await broker.start();
  const up = Date.now();
  const afterBroker = await recoveryOf(groups);
  await Promise.all(groups.map((group) => group.end()));
  return groups.map((_, i) => ({
    afterWorker: ((afterWorker[i] ?? Number.NaN) - killed) / 1000,
    afterBroker: ((afterBroker[i] ?? Number.NaN) - down) / 1000,
    afterBrokerReady: ((afterBroker[i] ?? Number.NaN) - up) / 1000,
  }));
}

async function startGroup(
  { bootstrap }: Setting['broker'],
  { by, mode }: Pick<WorkerConfig, 'by' | 'mode'>,
): Promise<Group> {
  const brokers = { bootstrap };
  const kafka = clientOf(brokers);
  const [input, output] = await Promise.all([
    freshTopic(brokers, { partitions: PARTITIONS, name: 'documents' }),
    // The broker says when it got a verdict, so that it does not count when the reader found its way back to the broker.
    freshTopic(brokers, {
      partitions: PARTITIONS,
      name: 'verdicts',
      config: { 'message.timestamp.type': 'LogAppendTime' },
    }),
  ]);
  const workers = await startWorkers(2, {
    ...{ by, mode, bootstrap, input, output, groupId: freshName('recovery'), sessionTimeout: SESSION_TIMEOUT },
    cost: { perBatch: 0, perDocument: 0, where: 'here' },
  });
  let group: Group | undefined;
  const stopReading = await readVerdicts(kafka, output, ({ id }, { timestamp }) => group?.seen(id, timestamp));
  group = new Group({ workers, load: await steadyLoad(kafka, input, RATE, TICK), stopReading });
  return group;
}

/** Waits until all groups have recovered from now on; gives when each had, in milliseconds since 1970. */
async function recoveryOf(groups: readonly Group[]): Promise<readonly number[]> {
  for (const group of groups) group.disturb();
  const deadline = performance.now() + 1000 * PATIENCE;
  for (;;) {
    const recovered = groups.flatMap((group) => group.recovered ?? []);
    if (recovered.length === groups.length) return recovered;
    if (performance.now() > deadline) {
      const still = Object.keys(GROUPS).filter((_, i) => groups[i]?.recovered === undefined);
      throw new Error(`No recovery within ${PATIENCE} s: ${still.join('; ')}`);
    }
    await sleep(50);
  }
}
