import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Exit, ended, talk } from '../../../scripts/kafka/processes.ts';
import type { WorkerConfig } from './worker-config.ts';

/** What a worker said: a JSON object a line. */
export type Hear = (worker: string, line: string) => void;

/** A worker: a process of its own. */
export interface Worker {
  readonly name: string;
  /** What it was told to do last. */
  state: 'starting' | 'running' | 'frozen' | 'leaving';
  lastWords: string;
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly exit: Promise<Exit>;
}

/** How a worker ended. */
export interface Departure extends Exit {
  readonly name: string;
  /** Whether it ended as it was told to; a worker that ends by itself does not. */
  readonly asked: boolean;
  /** The last thing that it said. */
  readonly lastWords: string;
}

/** In what a worker says when the group has given it its partitions. */
const JOINED = '"type":"assign"';

const PROGRAM = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** The workers of a run, those that are gone included. */
export class Fleet {
  readonly departures: Departure[] = [];
  readonly #config: Omit<WorkerConfig, 'name'>;
  readonly #hear: Hear;
  readonly #workers = new Set<Worker>();
  #started = 0;

  constructor(config: Omit<WorkerConfig, 'name'>, hear: Hear) {
    this.#config = config;
    this.#hear = hear;
  }

  /** Whether there is anybody left. */
  get alive(): boolean {
    return this.#workers.size > 0;
  }

  /** Those to which something can be done: frozen ones are left alone, and so are those that leave. */
  get targets(): readonly Worker[] {
    const running = [...this.#workers].filter(({ state }) => state === 'running');
    return running.length > 0 ? running : [...this.#workers].filter(({ state }) => state === 'starting');
  }

  async start(): Promise<Worker> {
    const name = `worker-${++this.#started}`;
    const config: WorkerConfig = { ...this.#config, name };
    const child = await talk(process.execPath, ['--import', 'tsx', PROGRAM, JSON.stringify(config)]);
    const signal = (name: NodeJS.Signals): void => void child.kill(name);
    const worker: Worker = { name, state: 'starting', lastWords: '', signal, exit: ended(child) };
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        worker.lastWords = line || worker.lastWords;
        if (worker.state === 'starting' && line.includes(JOINED)) worker.state = 'running';
        this.#hear(name, line);
      });
    this.#workers.add(worker);
    void worker.exit.then((exit) => this.#left(worker, exit));
    return worker;
  }

  /** Ends a worker without a chance to do anything. */
  async kill(worker: Worker): Promise<void> {
    worker.state = 'leaving';
    worker.signal('SIGKILL');
    await worker.exit;
  }

  /** Asks a worker to finish what it has and leave. */
  terminate(worker: Worker): void {
    worker.state = 'leaving';
    worker.signal('SIGTERM');
  }

  /** Stops a worker's time for some milliseconds. */
  async freeze(worker: Worker, milliseconds: number): Promise<void> {
    const { state } = worker;
    worker.state = 'frozen';
    worker.signal('SIGSTOP');
    await sleep(milliseconds);
    worker.signal('SIGCONT');
    if (worker.state === 'frozen') worker.state = state;
  }

  /** Asks all to leave, and waits for them; those that do not, in time, are killed. */
  async dismiss(within: number): Promise<void> {
    const workers = [...this.#workers];
    for (const worker of workers) this.terminate(worker);
    const timer = setTimeout(() => {
      for (const worker of this.#workers) worker.signal('SIGKILL');
    }, within);
    await Promise.all(workers.map(({ exit }) => exit));
    clearTimeout(timer);
  }

  #left(worker: Worker, exit: Exit): void {
    this.#workers.delete(worker);
    const { name, state, lastWords } = worker;
    this.departures.push({ name, ...exit, asked: state === 'leaving', lastWords });
  }
}
