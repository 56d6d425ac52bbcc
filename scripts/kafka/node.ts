import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Failure } from './failure.ts';
import { isFree } from './ports.ts';
import { type Exit, ended, type Talking, talk } from './processes.ts';

export interface NodeOptions {
  readonly id: number;
  readonly port: number;
  readonly securePort: number | undefined;
  readonly controllerPort: number;
  /** The command that runs it, and its arguments. */
  readonly command: readonly [string, readonly string[]];
  readonly onLog?: ((line: string) => void) | undefined;
}

interface Life {
  readonly child: Talking;
  readonly exit: Promise<Exit>;
}

const READY = 'Kafka Server started';
const KEPT_LINES = 1_000;
const SHOWN_LINES = 20;

/** One broker (and controller) of a cluster: a JVM that can be stopped, killed and started again on its data and ports. */
export class BrokerNode {
  readonly id: number;
  readonly port: number;
  readonly securePort: number | undefined;
  readonly #options: NodeOptions;
  #life: Life | undefined;
  #log: string[] = [];

  constructor(options: NodeOptions) {
    this.id = options.id;
    this.port = options.port;
    this.securePort = options.securePort;
    this.#options = options;
  }

  /** Of the JVM, while it runs. */
  get pid(): number | undefined {
    return this.#life?.child.pid;
  }

  get running(): boolean {
    return this.#life !== undefined;
  }

  /** The last lines that it logged since it was started. */
  get log(): readonly string[] {
    return this.#log;
  }

  /** Settles when the node ends; at once if it does not run. */
  get exit(): Promise<Exit | undefined> {
    return this.#life?.exit ?? Promise.resolve(undefined);
  }

  /**
   * Starts the JVM, and waits until the server is up.
   *
   * @param within in ms
   * @throws Failure where one of its ports is taken, or the server does not come up; with its last log lines
   */
  async start({ within = 60_000 }: { readonly within?: number } = {}): Promise<void> {
    if (this.#life !== undefined) throw new Failure(`node ${this.id} runs already`);
    const { controllerPort, command } = this.#options;
    for (const port of [this.port, this.securePort, controllerPort])
      if (port !== undefined && !(await isFree(port)))
        throw new Failure(`port ${port} is taken: something else listens there`);

    const child = await talk(...command);
    const exit = ended(child);
    const life: Life = { child, exit };
    this.#life = life;
    this.#log = [];
    const gone = exit.finally(() => {
      if (this.#life === life) this.#life = undefined;
    });
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        timer = setTimeout(() => reject(this.#failure(`was not up within ${within} ms`)), within);
        for (const stream of [child.stdout, child.stderr]) this.#listen(stream, resolve);
        gone.then(({ code, signal }) => reject(this.#failure(`ended (${signal ?? code}) before it was up`)), reject);
      });
    } catch (error) {
      child.kill('SIGKILL');
      await gone.catch(() => undefined);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Stops it cleanly.
   *
   * @param within in ms; after that it is killed
   */
  async stop({ within = 15_000 }: { readonly within?: number } = {}): Promise<Exit | undefined> {
    const life = this.#life;
    if (life === undefined) return undefined;
    const timer = setTimeout(() => life.child.kill('SIGKILL'), within);
    life.child.kill('SIGTERM');
    return life.exit.finally(() => clearTimeout(timer));
  }

  /** Ends it with SIGKILL. */
  async kill(): Promise<Exit | undefined> {
    const life = this.#life;
    life?.child.kill('SIGKILL');
    return life?.exit;
  }

  #listen(stream: Readable, ready: () => void): void {
    createInterface({ input: stream }).on('line', (line) => {
      this.#log.push(line);
      if (this.#log.length > KEPT_LINES) this.#log.shift();
      this.#options.onLog?.(line);
      if (line.includes(READY)) ready();
    });
  }

  #failure(what: string): Failure {
    return new Failure(
      `node ${this.id} of Kafka ${what}. Its last lines:\n${this.#log.slice(-SHOWN_LINES).join('\n')}`,
    );
  }
}
