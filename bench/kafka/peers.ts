import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import type { Cluster } from '../../scripts/kafka/cluster.ts';
import { Failure } from '../../scripts/kafka/failure.ts';
import { type Scratch, scratchFolder } from '../../scripts/kafka/scratch.ts';
import { clientOf, committedBy, freshName, freshTopic, withAdmin } from '../../test/kafka/support/client.ts';
import { versionOf } from '../report.ts';
import type { Mode } from './job.ts';
import { fill } from './load.ts';
import { check } from './peers/check.ts';
import type { Install, Peer, PeerJob } from './peers/peer.ts';
import { bytewax, faust } from './peers/python.ts';
import { kafkaStreams } from './peers/streams.ts';
import { figure, ratio, takeTurns } from './rounds.ts';
import { PARTITIONS, type Setting } from './setting.ts';
import { recordsIn } from './topic-size.ts';
import type { WorkerConfig } from './worker-config.ts';
import { startWorkers } from './workers.ts';

const RECORDS = 400_000;
const ROUNDS = 3;
/** A third of the records, or 3 s where that is less, to get warm; then the rest of them, or 8 s. */
const WARM_UP = { part: 1 / 3, seconds: 3 };
const SECONDS = 8;
/** Seconds within which the first verdict must come. */
const PATIENCE = 60;
const POLL = 25;
const COMMIT_INTERVAL: Readonly<Record<Mode, number>> = { 'at least once': 1000, 'exactly once': 100 };

const INSTALLS: Readonly<Record<string, Install>> = { 'Kafka Streams': kafkaStreams, Bytewax: bytewax, Faust: faust };

/** The same job in other frameworks, each in one process: JSON with a text to JSON with the parity of its length. */
export async function peers(setting: Setting): Promise<void> {
  const { broker, records, rounds, report } = setting;
  const count = records(RECORDS);
  const times = rounds(ROUNDS);
  const scratch = await scratchFolder();
  const { installed, skipped } = await installAll(scratch, broker);
  const input = await freshTopic(broker, { partitions: PARTITIONS, name: 'documents' });
  await fill(clientOf(broker), input, count);

  const contestants = [worker('lockstep'), worker('hand'), ...installed].flatMap((peer) =>
    peer.modes.map((mode) => ({
      mode,
      peer: peer.name,
      name: `${peer.name}, ${mode}`,
      run: () => rateOfPeer(setting, peer, mode, input, count),
    })),
  );
  const results = await takeTurns(contestants, times, false);
  await scratch.remove();
  report(
    'peers',
    `${count.toLocaleString('en')} records of 250 bytes, ${PARTITIONS} partitions, one process each, commits every ${COMMIT_INTERVAL['at least once']} and ${COMMIT_INTERVAL['exactly once']} ms, median of ${times}`,
    [
      ...contestants.map(({ name }) => figure(results, name, '/s')),
      ...contestants
        .filter(({ peer }) => peer !== OURS)
        .map(({ name, mode }) => ratio(results, `${OURS}, ${mode}`, name)),
    ],
    { versions: Object.fromEntries(installed.map(({ name, version }) => [name, version])), skipped },
  );
}

/** Brings those peers that can be had, and sees that they do the job. */
async function installAll({ folder }: Scratch, broker: Cluster) {
  const installed: Peer[] = [];
  const skipped: string[] = [];
  for (const [name, install] of Object.entries(INSTALLS))
    try {
      const peer = await install(join(folder, name.replace(' ', '-')), broker.version);
      await check(broker, peer);
      installed.push(peer);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      skipped.push(name);
      console.warn(`skipped: ${name}: ${error.message}`);
    }
  return { installed, skipped };
}

const OURS = 'rx-lockstep';

/** This library, or kafkajs by hand, as a peer. */
function worker(by: WorkerConfig['by']): Peer {
  return {
    name: by === 'lockstep' ? OURS : 'kafkajs by hand',
    version: versionOf('kafkajs'),
    modes: by === 'lockstep' ? ['at least once', 'exactly once'] : ['at least once'],
    start: async ({ folder: _, ...job }) => {
      const cost = { perBatch: 0, perDocument: 0, where: 'here' } as const;
      const workers = await startWorkers(1, { ...job, by, cost });
      const end = async (): Promise<void> => {
        await Promise.all(workers.map((each) => each.kill()));
      };
      return { end, lost: new Promise(() => {}) };
    },
  };
}

async function rateOfPeer({ broker }: Setting, peer: Peer, mode: Mode, input: string, count: number): Promise<number> {
  const output = await freshTopic(broker, { partitions: PARTITIONS, name: 'verdicts' });
  const scratch = await scratchFolder();
  const job: PeerJob = {
    ...{ bootstrap: broker.bootstrap, mode, input, output, folder: scratch.folder },
    ...{ groupId: freshName('peer'), commitInterval: COMMIT_INTERVAL[mode] },
  };
  const { end, lost } = await peer.start(job);
  try {
    const rate = withAdmin(broker, (admin) => rateOf(`${peer.name}, ${mode}`, () => doneBy(admin, job), count));
    return await Promise.race([rate, lost]);
  } finally {
    await end();
    await scratch.remove();
  }
}

/** How many documents are done. Transactions leave marks among the verdicts, but commit often enough for their offsets to tell. */
async function doneBy(admin: Admin, { mode, groupId, input, output }: PeerJob): Promise<number> {
  if (mode === 'at least once') return recordsIn(admin, output);
  const committed = await committedBy(admin, groupId, input);
  return [...committed.values()].reduce((sum, offset) => sum + offset, 0);
}

/** Documents a second once it is warm. */
async function rateOf(name: string, done: () => Promise<number>, count: number): Promise<number> {
  const until = async (reached: (done: number) => boolean, seconds: number) => {
    const deadline = performance.now() + 1000 * seconds;
    for (;;) {
      const [now, number] = [performance.now(), await done()];
      if (reached(number) || now > deadline) return { time: now, number };
      await sleep(POLL);
    }
  };
  const first = await until((number) => number > 0, PATIENCE);
  if (first.number === 0) throw new Error(`${name} gave no verdict within ${PATIENCE} s`);
  const begin = await until((number) => number >= WARM_UP.part * count, WARM_UP.seconds);
  const end = await until((number) => number >= count, SECONDS);
  return (1000 * (end.number - begin.number)) / (end.time - begin.time);
}
