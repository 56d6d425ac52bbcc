import type { Subscription } from 'rxjs';
import type { Document } from '../document/document.ts';
import type { Delivery } from './delivery.ts';
import type { Emitter } from './emitter.ts';
import type { KafkaSourceOptions } from './source-options.ts';

/** Milliseconds from one look to the next. */
const INTERVAL = 1000;

/** Looks now and then at what stands still: a cluster that says nothing, a document that nobody settles. */
export class Watch<D extends Document> {
  readonly #options: KafkaSourceOptions<D>;
  readonly #emitter: Emitter<D>;
  #heard: number;
  /** How much silence was reported already. */
  #silence = 0;
  #reported = new WeakSet<Delivery>();
  readonly #timer: Subscription;

  constructor(options: KafkaSourceOptions<D>, emitter: Emitter<D>) {
    this.#options = options;
    this.#emitter = emitter;
    this.#heard = options.scheduler.now();
    const look = (): void => this.#look();
    this.#timer = options.scheduler.schedule(function () {
      look();
      this.schedule(undefined, INTERVAL);
    }, INTERVAL);
  }

  heard(): void {
    this.#heard = this.#options.scheduler.now();
    this.#silence = 0;
  }

  stop(): void {
    this.#timer.unsubscribe();
  }

  #look(): void {
    const { observe, scheduler, maxAge, maxSilence } = this.#options;
    const now = scheduler.now();
    const { inFlight, membership } = this.#emitter;
    observe({
      type: 'progress',
      inFlight,
      partitions: Array.from(membership.assignments, (each) => each.progress(now)),
    });
    for (const { topic, partition, ledger } of membership.assignments) {
      const { oldest } = ledger;
      if (!oldest || this.#reported.has(oldest) || now - oldest.since < maxAge) continue;
      this.#reported.add(oldest);
      observe({ type: 'overdue', topic, partition, offset: oldest.offset, age: now - oldest.since });
    }
    const silence = now - this.#heard;
    if (silence - this.#silence < maxSilence) return;
    this.#silence = silence;
    observe({ type: 'silence', milliseconds: silence });
  }
}
