import { invalidArgument, LockstepError } from '../errors.ts';
import type { EngineBackend } from './backend.ts';
import { type Engine, inlineEngine } from './engine.ts';
import { minLengthOf, type NetworkConfig } from './network-config.ts';
import { groupsOf, type NgramsLane } from './ngrams/ngram-table.ts';
import { type PackedIds, packIds } from './pack-ids.ts';
import type { ModelOptions } from './scorer.ts';
import { WorkerEngine } from './worker-engine.ts';
import type { ScoreTask } from './worker-messages.ts';

export interface ModelThreadOptions extends ModelOptions {
  /** False to compute in the calling thread, which blocks it. @default true */
  readonly thread?: boolean;
}

type Documents = readonly { readonly ids: Int32Array; readonly text?: string }[];
type Answer = readonly Float32Array[];

interface Request {
  readonly task: ScoreTask;
  resolve(scores: Answer): void;
  reject(reason: unknown): void;
}

/** The lanes of an ensemble. */
type LaneOptions = Pick<ModelOptions, 'config' | 'ngrams'>;

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
  readonly #groups: readonly (readonly NgramsLane[])[];
  /** What the groups of lanes over n-grams say of a batch, once one of their lanes was asked. */
  readonly #answers = new WeakMap<Documents, Map<number, Promise<Answer>>>();
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
    return ModelThread.over(options, () => (thread ? WorkerEngine.start(options) : inlineEngine(options)));
  }

  /** The same over any engine, which `startEngine` starts at once and again whenever it has died. */
  static async over(options: LaneOptions, startEngine: () => Promise<Engine>): Promise<ModelThread> {
    return new ModelThread(options, startEngine, await startEngine());
  }

  private constructor({ config, ngrams = [] }: LaneOptions, startEngine: () => Promise<Engine>, engine: Engine) {
    this.#config = config;
    this.#groups = groupsOf(ngrams);
    this.#startEngine = startEngine;
    this.#engine = engine;
    this.#minLength = minLengthOf(config);
  }

  /** Which tensor backend computes. */
  get backend(): EngineBackend {
    return this.#engine.backend;
  }

  /** What the backend wants to have said, for instance why it is not the native one. */
  get notes(): readonly string[] {
    return this.#engine.notes;
  }

  /**
   * Scores documents in one lane: `documents × labels` probabilities, row-major. Several lanes that are given the same
   * array share the work of packing it; lanes over the same n-grams share all of it. A request whose `signal` aborts rejects with the signal's reason; if it was
   * still waiting, nothing is computed.
   *
   * @throws LockstepError `INVALID_ARGUMENT` if there is no such lane.
   * @throws LockstepError `INVALID_DOCUMENT` if a document has no ids (or no text, for a lane over n-grams), or ids that the
   * vocabulary does not have.
   * @throws LockstepError `WORKER_FAILED` if the thread died, `ABANDONED` if it was closed.
   */
  async score(lane: string, documents: Documents, signal?: AbortSignal): Promise<Float32Array> {
    signal?.throwIfAborted();
    if (this.#closing !== undefined) throw closed();
    const group = this.#groups.findIndex((lanes) => lanes.some(({ config }) => config.name === lane));
    if (group < 0 && !this.#config.lanes.some(({ name }) => name === lane)) {
      const lanes = [...this.#groups.flat().map(({ config }) => config), ...this.#config.lanes];
      throw invalidArgument('lane', `one of ${lanes.map(({ name }) => name).join(', ')}`, lane);
    }
    if (documents.length === 0) return new Float32Array(0);
    if (group >= 0) {
      const place = this.#groups[group]?.findIndex(({ config }) => config.name === lane) ?? -1;
      return (await abortable(this.#answerOf(group, documents), signal))[place] ?? new Float32Array(0);
    }
    const [scores] = await this.#request({ lane, packed: this.#pack(documents) }, signal);
    return scores ?? new Float32Array(0);
  }

  /** What a group says of a batch: asked once, whichever of its lanes come for it. */
  #answerOf(group: number, documents: Documents): Promise<Answer> {
    const answers = this.#answers.get(documents) ?? new Map<number, Promise<Answer>>();
    this.#answers.set(documents, answers);
    let answer = answers.get(group);
    if (answer === undefined) {
      answer = this.#request({ group, texts: documents.map((document, index) => textOf(index, document)) });
      answer.catch(() => answers.delete(group)); // who asks again may have more luck
      answers.set(group, answer);
    }
    return answer;
  }

  async #request(task: ScoreTask, signal?: AbortSignal): Promise<Answer> {
    const { promise, resolve, reject } = deferred();
    const request: Request = { task, resolve, reject };
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

  async #answer({ task, resolve, reject }: Request): Promise<void> {
    try {
      const engine = await this.#living();
      engine.hold(true);
      const scores = await engine.score(task);
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

function textOf(index: number, document: Documents[number]): string {
  if (typeof document?.text === 'string') return document.text;
  throw new LockstepError('INVALID_DOCUMENT', `Document ${index} of the batch has no text`);
}

/** A promise that rejects when the signal aborts, if it has not settled by then. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function closed(): LockstepError {
  return new LockstepError('ABANDONED', 'The models were closed');
}

function deferred(): { promise: Promise<Answer>; resolve: Request['resolve']; reject: Request['reject'] } {
  let resolve: Request['resolve'] = () => {};
  let reject: Request['reject'] = () => {};
  const promise = new Promise<Answer>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
