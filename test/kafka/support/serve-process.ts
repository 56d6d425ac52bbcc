import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const LISTENS = 'answers /live, /ready and /metrics';
/** Milliseconds between two looks. */
const PAUSE = 100;

/** A line of its log. */
export type ServeLine = Readonly<Record<string, unknown>>;

/** What `/ready` answers. */
export interface Readiness {
  readonly status: number;
  readonly reasons: readonly string[];
}

/** `lockstep serve` in a process of its own, with its log as JSON and a port of its own. */
export class ServeProcess {
  readonly child: ChildProcess;
  /** All that it wrote. */
  output = '';
  readonly #ended: Promise<number | null>;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(
      process.execPath,
      ['--import', 'tsx', 'cli/lockstep.ts', 'serve', '--port', '0', '--host', '127.0.0.1', '--log', 'json', ...args],
      { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk) => {
        this.output += chunk;
      });
    this.#ended = once(this.child, 'close').then(([code]) => code);
  }

  lines(): ServeLine[] {
    return this.output
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line));
  }

  line(msg: string): ServeLine | undefined {
    return this.lines().find((line) => line.msg === msg);
  }

  /** Waits until something holds; where the process has ended instead, what it wrote says why. */
  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    const check = async (): Promise<boolean> => {
      try {
        return await holds();
      } catch (error) {
        if (!this.#hasEnded()) throw error;
        return false;
      }
    };
    while (!(await check())) {
      if (this.#hasEnded()) throw new Error(`serve has ended:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  #hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  async get(path: string): Promise<Response> {
    await this.until(() => this.line(LISTENS) !== undefined);
    return fetch(`http://127.0.0.1:${this.line(LISTENS)?.port}${path}`);
  }

  async readiness(): Promise<Readiness> {
    const response = await this.get('/ready');
    return { status: response.status, reasons: JSON.parse(await response.text()).reasons };
  }

  untilReady(): Promise<void> {
    return this.until(async () => (await this.readiness()).status === 200);
  }

  /** The value of a sample of `/metrics`; 0 if it is not there. */
  async metric(sample: string): Promise<number> {
    const text = await (await this.get('/metrics')).text();
    const line = text.split('\n').find((each) => each.startsWith(`${sample} `));
    return Number(line?.slice(sample.length) ?? 0);
  }

  /** Resolves to the exit code; null if a signal ended it. */
  ended(): Promise<number | null> {
    return this.#ended;
  }

  /** Sends a signal, and resolves to the exit code. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal);
    return this.#ended;
  }
}
