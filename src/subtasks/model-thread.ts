import { invalidArgument, LockstepError } from '../errors.ts';
import type { BackendName } from './backend.ts';
import { type Engine, inlineEngine } from './engine.ts';
import { minLengthOf, type NetworkConfig } from './network-config.ts';
import { type PackedIds, packIds } from './pack-ids.ts';
import type { ModelOptions } from './scorer.ts';
import { WorkerEngine } from './worker-engine.ts';

export interface ModelThreadOptions extends ModelOptions {
  /** False to compute in the calling thread, which blocks it. @default true */
  readonly thread?: boolean;
}

type Documents = readonly { readonly ids: Int32Array }[];

interface Request {
  readonly lane: string;
  readonly packed: PackedIds;
  resolve(scores: Float32Array): void;
  reject(reason: unknown): void;
}

/** One request is computed while the next one waits in the thread, so that it never idles for a message's way. */
const IN_FLIGHT = 2;
/** So often in a row, without an answer between, the thread may die before it is given up. */
const MAX_DEATHS = 3;

/**
 * Trained lanes in a thread of their own. Requests are answered one after another; if the thread dies, those that were in
 * it reject with `WORKER_FAILED`, and it is started again for the next. It keeps the process alive only while a request
 * is outstanding.
 */
export class ModelThread {
  readonly #config: NetworkConfig;
  readonly #startEngine: () => Promise<Engine>;
  readonly #minLength: number;
  readonly #packed = new WeakMap<Documents, PackedIds>();
  readonly #waiting = new Set<Request>();
  #engine: Engine;
  #restart: Promise<Engine> | undefined;
  #inFlight = 0;
  #deaths = 0;
  #closing: Promise<void> | undefined;

  /**
   * Loads the backend, builds the network and gives it its weights.
   *
   * @throws LockstepError `BACKEND_UNAVAILABLE`, `INVALID_ARGUMENT` (configuration) or `INVALID_ENSEMBLE` (weights);
   * `WORKER_FAILED` if the thread died.
   */
  static async start({ thread = true, ...options }: ModelThreadOptions): Promise<ModelThread> {
    return ModelThread.over(options.config, () => (thread ? WorkerEngine.start(options) : inlineEngine(options)));
  }

  /** The same over any engine, which `startEngine` starts at once and again whenever it has died. */
  static async over(config: NetworkConfig, startEngine: () => Promise<Engine>): Promise<ModelThread> {
    return new ModelThread(config, startEngine, await startEngine());
  }

  private constructor(config: NetworkConfig, startEngine: () => Promise<Engine>, engine: Engine) {
    this.#config = config;
    this.#startEngine = startEngine;
    this.#engine = engine;
    this.#minLength = minLengthOf(config);
  }

  /** Which tensor backend computes. */
  get backend(): BackendName {
    return this.#engine.backend;
  }

  /** What the backend wants to have said, for instance why it is not the native one. */
  get notes(): readonly string[] {
    return this.#engine.notes;
  }

  /**
   * Scores documents in one lane: `documents × labels` probabilities, row-major. Several lanes that are given the same
   * array share the work of packing it. A request whose `signal` aborts rejects with the signal's reason; if it was
   * still waiting, nothing is computed.
   *
   * @throws LockstepError `INVALID_ARGUMENT` if there is no such lane.
   * @throws LockstepError `INVALID_DOCUMENT` if a document has no ids, or ids that the vocabulary does not have.
   * @throws LockstepError `WORKER_FAILED` if the thread died, `ABANDONED` if it was closed.
   */
  async score(lane: string, documents: Documents, signal?: AbortSignal): Promise<Float32Array> {
    signal?.throwIfAborted();
    if (this.#closing !== undefined) throw closed();
    if (!this.#config.lanes.some(({ name }) => name === lane))
      throw invalidArgument('lane', `one of ${this.#config.lanes.map(({ name }) => name).join(', ')}`, lane);
    if (documents.length === 0) return new Float32Array(0);
    const packed = this.#pack(documents);
    const { promise, resolve, reject } = deferred();
    const request: Request = { lane, packed, resolve, reject };
    const abort = () => {
      this.#waiting.delete(request);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    this.#waiting.add(request);
    this.#issue();
    try {
      return await promise;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Ends the thread and frees the models. Outstanding requests reject with `ABANDONED`. */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    for (const { reject } of this.#waiting) reject(closed());
    this.#waiting.clear();
    const restarted = this.#restart?.catch(() => undefined); // whoever waits for it hears of its failure
    await this.#engine.close();
    await (await restarted)?.close();
  }

  #pack(documents: Documents): PackedIds {
    const known = this.#packed.get(documents);
    if (known !== undefined) return known;
    for (const [index, document] of documents.entries()) this.#checkIds(index, document);
    const packed = packIds(documents, this.#config.maxLength, this.#minLength);
    this.#packed.set(documents, packed);
    return packed;
  }

  #checkIds(index: number, document: Documents[number]): void {
    const { vocabularySize } = this.#config;
    if (!(document?.ids instanceof Int32Array))
      throw new LockstepError('INVALID_DOCUMENT', `Document ${index} of the batch has no ids: it was not encoded`);
    for (const id of document.ids)
      if (id < 0 || id >= vocabularySize)
        throw new LockstepError(
          'INVALID_DOCUMENT',
          `Document ${index} of the batch has the id ${id}; the vocabulary ends at ${vocabularySize - 1}`,
        );
  }

  /** Hands waiting requests to the engine, as many as may be in flight. */
  #issue(): void {
    for (const request of this.#waiting) {
      if (this.#inFlight >= IN_FLIGHT) break;
      this.#waiting.delete(request);
      this.#inFlight += 1;
      void this.#answer(request).finally(() => {
        this.#inFlight -= 1;
        this.#issue();
        if (this.#inFlight === 0) this.#engine.hold(false);
      });
    }
  }

  async #answer({ lane, packed, resolve, reject }: Request): Promise<void> {
    try {
      const engine = await this.#living();
      engine.hold(true);
      const scores = await engine.score(lane, packed);
      this.#deaths = 0;
      resolve(scores);
    } catch (error) {
      reject(this.#closing === undefined ? error : closed());
    }
  }

  /** The engine, started again if it has died. */
  async #living(): Promise<Engine> {
    if (this.#engine.alive) return this.#engine;
    if (this.#closing !== undefined) throw closed();
    this.#restart ??= this.#revive().finally(() => {
      this.#restart = undefined;
    });
    return this.#restart;
  }

  async #revive(): Promise<Engine> {
    if (this.#deaths >= MAX_DEATHS)
      throw new LockstepError(
        'WORKER_FAILED',
        `The thread in which the models run died ${MAX_DEATHS + 1} times in a row and is not started again`,
      );
    this.#deaths += 1;
    this.#engine = await this.#startEngine();
    return this.#engine;
  }
}

function closed(): LockstepError {
  return new LockstepError('ABANDONED', 'The models were closed');
}

function deferred(): { promise: Promise<Float32Array>; resolve: Request['resolve']; reject: Request['reject'] } {
  let resolve: Request['resolve'] = () => {};
  let reject: Request['reject'] = () => {};
  const promise = new Promise<Float32Array>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
