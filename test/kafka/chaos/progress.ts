import { setTimeout as sleep } from 'node:timers/promises';
import { type Brokers, groupOffsets } from '../support/client.ts';

/** Milliseconds from one look to the next. */
const EVERY = 250;

/** How much a group has committed of a topic: asks now and then, and does not mind a broker that is away. */
export class Progress {
  #committed = 0;
  #news = performance.now();
  #over = false;

  constructor(brokers: Brokers, group: string, topic: string) {
    void this.#watch(brokers, group, topic);
  }

  /** Records, of all partitions together. */
  get committed(): number {
    return this.#committed;
  }

  /** Until so much is committed, or nothing new was for some milliseconds; gives whether it is. */
  async until(committed: number, patience: number, goOn: () => boolean = () => true): Promise<boolean> {
    const started = performance.now();
    while (this.#committed < committed && goOn()) {
      if (performance.now() - Math.max(started, this.#news) > patience) return false;
      await sleep(EVERY / 2);
    }
    return this.#committed >= committed;
  }

  stop(): void {
    this.#over = true;
  }

  async #watch(brokers: Brokers, group: string, topic: string): Promise<void> {
    while (!this.#over) {
      const offsets = await groupOffsets(brokers, group, topic).catch(() => undefined);
      const committed = [...(offsets?.values() ?? [])].reduce((sum, offset) => sum + offset, 0);
      if (committed > this.#committed) {
        this.#committed = committed;
        this.#news = performance.now();
      }
      await sleep(EVERY);
    }
  }
}
