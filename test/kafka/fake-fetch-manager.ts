import type { FakeRecord } from './fake-broker.ts';

/** What a broker sent of one partition. */
export interface FakeBatch {
  readonly topic: string;
  readonly partition: number;
  /** With control records. */
  readonly raw: readonly FakeRecord[];
  readonly highWatermark: number;
}

interface FakeFetchManagerOptions {
  readonly nodes: readonly number[];
  readonly concurrency: number;
  readonly fetch: (node: number) => Promise<readonly FakeBatch[]>;
  readonly handle: (batch: FakeBatch) => Promise<void>;
}

interface Item {
  readonly batch: FakeBatch;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * kafkajs' FetchManager: a fetcher for each broker, which waits until its batches are done before it fetches again, and a queue of
 * batches from which workers take.
 */
export class FakeFetchManager {
  readonly #options: FakeFetchManagerOptions;
  readonly #queue: Item[] = [];
  #idleWorkers: number;
  #fetchers: Fetcher[] = [];

  constructor(options: FakeFetchManagerOptions) {
    this.#options = options;
    this.#idleWorkers = options.concurrency;
  }

  async start(): Promise<void> {
    // Partitions that are being worked on, with their fetchers.
    const assigned = new Map<number, number>();
    this.#fetchers = this.#options.nodes.map((node) => new Fetcher(() => this.#round(node, assigned)));
    try {
      await Promise.all(this.#fetchers.map((fetcher) => fetcher.start()));
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#fetchers.map((fetcher) => fetcher.stop()));
  }

  async #round(node: number, assigned: Map<number, number>): Promise<(() => Promise<void>) | undefined> {
    const fetched = await this.#options.fetch(node);
    const batches = fetched.filter(({ partition }) => (assigned.get(partition) ?? node) === node);
    if (batches.length === 0) return undefined;
    return async () => {
      for (const { partition } of batches) assigned.set(partition, node);
      try {
        await this.#push(batches);
      } finally {
        for (const { partition } of batches) assigned.delete(partition);
      }
    };
  }

  async #push(batches: readonly FakeBatch[]): Promise<void> {
    const promises = batches.map(
      (batch) => new Promise<void>((resolve, reject) => void this.#queue.push({ batch, resolve, reject })),
    );
    while (this.#idleWorkers > 0 && this.#queue.length > 0) {
      this.#idleWorkers--;
      void this.#work().finally(() => this.#idleWorkers++);
    }
    const results = await Promise.allSettled(promises);
    const rejected = results.find(({ status }) => status === 'rejected');
    if (rejected?.status === 'rejected') throw rejected.reason;
  }

  async #work(): Promise<void> {
    for (let item = this.#queue.shift(); item; item = this.#queue.shift()) {
      try {
        await this.#options.handle(item.batch);
        item.resolve();
      } catch (error) {
        item.reject(error);
      }
    }
  }
}

/** kafkajs' fetcher of one broker. */
class Fetcher {
  readonly #round: () => Promise<(() => Promise<void>) | undefined>;
  #running = false;
  #ended: (() => void)[] = [];

  constructor(round: () => Promise<(() => Promise<void>) | undefined>) {
    this.#round = round;
  }

  async start(): Promise<void> {
    this.#running = true;
    try {
      while (this.#running) {
        const work = await this.#round();
        if (this.#running) await work?.();
      }
    } finally {
      this.#running = false;
      for (const resolve of this.#ended.splice(0)) resolve();
    }
  }

  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    await new Promise<void>((resolve) => void this.#ended.push(resolve));
  }
}
