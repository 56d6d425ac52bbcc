import type { Cluster } from '../../../scripts/kafka/cluster.ts';
import { freshName, freshTopic } from '../support/client.ts';
import { Disturber, type Done } from './disturber.ts';
import { type Departure, Fleet, type Hear } from './fleet.ts';
import { load } from './load.ts';
import { Progress } from './progress.ts';
import { scheduleOf } from './schedule.ts';
import type { Mode, Topics } from './worker-config.ts';

/** How a chaos run goes. */
export interface ChaosOptions {
  readonly mode: Mode;
  /** The same seed gives the same disturbances in the same order; what they meet differs from run to run. */
  readonly seed: number;
  readonly documents: number;
  /** Seconds over which the documents come, at least, and in which everything is disturbed. */
  readonly seconds: number;
  /** Seconds from one disturbance to the next, on average. @default 4 */
  readonly every?: number;
  /** @default 6 */
  readonly partitions?: number;
  /** Workers, when none has just been killed or joined. @default 2 */
  readonly workers?: number;
  /** Hears what workers say. @default nobody */
  readonly hear?: Hear;
  /** Hears what is done, in words. @default nobody */
  readonly note?: (text: string) => void;
}

/** What there is to judge after a run. */
export interface ChaosRun {
  readonly mode: Mode;
  readonly documents: number;
  readonly partitions: number;
  readonly group: string;
  readonly topics: Topics;
  readonly disturbances: readonly Done[];
  readonly departures: readonly Departure[];
  /** False if the workers stood still before everything was committed. */
  readonly finished: boolean;
  /** Seconds from the first document to the commit of the last. */
  readonly seconds: number;
}

const SESSION_TIMEOUT = 4_000;
/** Milliseconds without a commit after which we give up. */
const STALLED = 90_000;
/** Milliseconds that workers have to leave in the end. */
const FAREWELL = 60_000;

/** Sends documents through workers while these and the broker are killed, stopped and frozen, until all is committed. */
export async function conduct(broker: Cluster, options: ChaosOptions): Promise<ChaosRun> {
  const { mode, seed, documents, seconds, every = 4, partitions = 6, workers = 2 } = options;
  const { hear = () => {}, note = () => {} } = options;
  const topics: Topics = {
    documents: await freshTopic(broker, { partitions, name: 'documents' }),
    verdicts: await freshTopic(broker, { partitions, name: 'verdicts' }),
    deadLetters: await freshTopic(broker, { partitions, name: 'dead-letters' }),
  };
  const group = freshName('chaos');
  const { bootstrap } = broker;
  const fleet = new Fleet({ bootstrap, group, topics, mode, sessionTimeout: SESSION_TIMEOUT }, hear);
  for (let i = 0; i < workers; i++) await fleet.start();
  const progress = new Progress(broker, group, topics.documents);

  const started = performance.now();
  const now = (): number => Math.round(performance.now() - started) / 1000;
  let confirmed = 0;
  const disturber = new Disturber({ broker, fleet, progress, now, note, documents, sent: () => confirmed });
  const count = Math.max(1, Math.floor(seconds / every));
  const schedule = scheduleOf({ seed, count, sessionTimeout: SESSION_TIMEOUT / 1000 });
  // However slow the machine is, there are documents under way when something is disturbed.
  const allowed = (): number => (disturber.begun + 3) / count;
  const sent = (count: number): void => {
    confirmed = count;
  };
  const failed = new AbortController();
  const { signal } = failed;
  const work = [
    load({ brokers: broker, topic: topics.documents, documents, seconds, allowed, sent, signal }),
    disturber.follow(schedule, signal),
  ];
  try {
    // If one fails the other ends, and only then do we leave.
    for (const each of work) each.catch(() => failed.abort());
    await Promise.allSettled(work);
    await Promise.all(work);
    note(`${now()} s: all ${documents} documents are sent, and nothing is disturbed any more`);
    const finished = await progress.until(documents, STALLED, () => fleet.alive);
    const took = now();
    note(`${took} s: ${finished ? 'all is committed' : 'the workers stand still'}`);
    await fleet.dismiss(FAREWELL);
    const { departures } = fleet;
    const disturbances = disturber.done.toSorted((a, b) => a.begun - b.begun);
    return { mode, documents, partitions, group, topics, disturbances, departures, finished, seconds: took };
  } finally {
    progress.stop();
    await fleet.dismiss(FAREWELL);
  }
}
