import type { Consumer, Kafka } from 'kafkajs';
import type { Observable } from 'rxjs';

/** What a job promises about what it writes. */
export type Mode = 'at least once' | 'exactly once';

/** From a topic to another. */
export interface Job {
  readonly kafka: Kafka;
  readonly mode: Mode;
  readonly groupId: string;
  readonly input: string;
  readonly output: string;
  /** Milliseconds. @default 30000 */
  readonly sessionTimeout?: number | undefined;
}

/** Is told how a job goes on. */
export interface Progress {
  /** It has joined the group, and got so many partitions. */
  joined(partitions: number): void;
  /** So many more records are done: confirmed by the broker, where they go there. */
  through(records: number): void;
  failed(error: unknown): void;
}

/** Ends a job in good order. */
export type Stop = () => Promise<void>;

/** Begins a job. */
export type Start = (progress: Progress) => Promise<Stop>;

/** A consumer as all jobs have it. */
export function consumerFor({
  kafka,
  groupId,
  sessionTimeout = 30_000,
}: Omit<Job, 'mode' | 'input' | 'output'>): Consumer {
  return kafka.consumer({
    groupId,
    sessionTimeout,
    heartbeatInterval: sessionTimeout / 10,
    rebalanceTimeout: sessionTimeout,
    maxWaitTimeInMs: 200,
  });
}

/** A job that an Observable does, until it is told to end. */
export function run(documents: Observable<unknown>, abort: AbortController, { through, failed }: Progress): Stop {
  const ended = documents.forEach(() => {
    through(1);
  });
  ended.catch(failed);
  return () => {
    abort.abort();
    return ended;
  };
}

/** Milliseconds after which a job that has not done its records is given up. */
const PATIENCE = 120_000;
/** Part of the records that a job begins with, which do not count. */
const START = 0.1;

/** Records a second of a job that finds so many in its topic, once it runs. */
export async function rateOf(records: number, start: Start): Promise<number> {
  let done = 0;
  let first: { readonly time: number; readonly done: number } | undefined;
  let starting: Promise<Stop> | undefined;
  const ended = await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Only ${done} of ${records} records came through`)), PATIENCE);
    starting = start({
      joined: () => {},
      through: (more) => {
        done += more;
        if (done >= START * records) first ??= { time: performance.now(), done };
        if (done < records) return;
        clearTimeout(timer);
        resolve(performance.now());
      },
      failed: reject,
    });
    starting.catch(reject);
  });
  const stop = await starting;
  await stop?.();
  return first ? (1000 * (done - first.done)) / (ended - first.time) : Number.NaN;
}
