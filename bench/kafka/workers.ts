import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ended, talk } from '../../scripts/kafka/processes.ts';
import { PARTITIONS } from './setting.ts';
import type { WorkerConfig, WorkerJoined } from './worker-config.ts';

/** A worker: a process of its own. */
export interface Worker {
  /** How many partitions it has now. */
  readonly partitions: number;
  /** Ends it with SIGKILL. */
  kill(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('./worker.ts', import.meta.url));
/** Milliseconds within which workers have to share the partitions among them. */
const SHARING = 60_000;

/** Starts so many workers, and waits until each has its part of the partitions. */
export async function startWorkers(count: number, config: WorkerConfig): Promise<Worker[]> {
  let tell: () => void = () => {};
  const changed = () => tell();
  const workers = await Promise.all(Array.from({ length: count }, () => startWorker(config, changed)));
  const shared = () =>
    workers.every(({ partitions }) => partitions > 0) &&
    workers.reduce((sum, { partitions }) => sum + partitions, 0) === PARTITIONS;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${count} workers did not share the partitions`)), SHARING);
    tell = () => {
      if (!shared()) return;
      clearTimeout(timer);
      resolve();
    };
    tell();
  });
  return workers;
}

async function startWorker(config: WorkerConfig, changed: () => void): Promise<Worker> {
  const child = await talk(process.execPath, ['--import', 'tsx', PROGRAM, JSON.stringify(config)]);
  const exit = ended(child);
  child.stderr.pipe(process.stderr);
  let partitions = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { joined }: WorkerJoined = JSON.parse(line);
    partitions = joined;
    changed();
  });
  let asked = false;
  void exit.then(({ code }) => {
    if (!asked) throw new Error(`A worker ended by itself, with ${code}`);
  });
  return {
    get partitions() {
      return partitions;
    },
    kill: async () => {
      asked = true;
      child.kill('SIGKILL');
      await exit;
    },
  };
}
