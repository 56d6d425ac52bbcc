import type { Worker } from 'node:worker_threads';
import { LockstepError } from '../errors.ts';
import { type EngineBackend, quietNative } from './backend.ts';
import type { Engine } from './engine.ts';
import type { ModelOptions } from './scorer.ts';
import { startWorker } from './worker-entry.ts';
import { type ScoreRequest, type ScoreTask, unpackError, type WorkerAnswer } from './worker-messages.ts';

const ENTRY = new URL('./model-worker.ts', import.meta.url);

interface Waiter {
  resolve(scores: readonly Float32Array[]): void;
  reject(error: LockstepError): void;
}

/** Models in a thread of their own. */
export class WorkerEngine implements Engine {
  readonly backend: EngineBackend;
  readonly notes: readonly string[];
  readonly #worker: Worker;
  #closing = false;
  readonly #waiters = new Map<number, Waiter>();
  #requests = 0;
  #death: LockstepError | undefined;

  /**
   * Starts the thread and waits until it can score.
   *
   * @throws LockstepError what kept it from starting; `WORKER_FAILED` if it died.
   */
  static start(options: ModelOptions): Promise<WorkerEngine> {
    quietNative(); // here, in the main thread, as libtensorflow sees no other's environment
    const worker = startWorker(ENTRY, { workerData: options, name: 'rx-lockstep models' });
    return new Promise((resolve, reject) => {
      const dead = (error?: unknown) => reject(death(error));
      worker.once('error', dead);
      worker.once('exit', dead);
      worker.once('message', (message: WorkerAnswer) => {
        worker.off('error', dead);
        worker.off('exit', dead);
        if (message.type === 'ready') return resolve(new WorkerEngine(worker, message.backend, message.notes));
        void worker.terminate();
        reject(message.type === 'failed' ? unpackError(message.error, 'WORKER_FAILED') : death());
      });
    });
  }

  private constructor(worker: Worker, backend: EngineBackend, notes: readonly string[]) {
    this.backend = backend;
    this.notes = notes;
    this.#worker = worker;
    worker.on('message', (message: WorkerAnswer) => this.#settle(message));
    worker.once('error', (error) => this.#die(error));
    worker.once('exit', (code) => this.#die(code));
    worker.unref();
  }

  get alive(): boolean {
    return this.#death === undefined;
  }

  score(task: ScoreTask): Promise<readonly Float32Array[]> {
    if (this.#death !== undefined) return Promise.reject(this.#death);
    const id = this.#requests++;
    const request: ScoreRequest = { id, ...task };
    return new Promise((resolve, reject) => {
      this.#waiters.set(id, { resolve, reject });
      this.#worker.postMessage(request);
    });
  }

  hold(busy: boolean): void {
    if (busy) this.#worker.ref();
    else if (!this.#closing) this.#worker.unref();
  }

  async close(): Promise<void> {
    // Whoever awaits this must not see the process end before the thread has.
    this.#closing = true;
    this.#worker.ref();
    await this.#worker.terminate();
  }

  #settle(message: WorkerAnswer): void {
    if (message.type !== 'scores' && message.type !== 'error') return;
    const waiter = this.#waiters.get(message.id);
    this.#waiters.delete(message.id);
    if (message.type === 'scores') waiter?.resolve(message.scores);
    else waiter?.reject(unpackError(message.error, 'SUBTASK_FAILED'));
  }

  /** The first reason counts: after an `error` comes an `exit`. */
  #die(reason: unknown): void {
    this.#death ??= death(reason);
    for (const { reject } of this.#waiters.values()) reject(this.#death);
    this.#waiters.clear();
  }
}

function death(reason?: unknown): LockstepError {
  const why =
    reason instanceof Error ? `: ${reason.message}` : typeof reason === 'number' ? ` (exit code ${reason})` : '';
  return new LockstepError('WORKER_FAILED', `The thread in which the models run died${why}`, {
    cause: reason instanceof Error ? reason : undefined,
  });
}
