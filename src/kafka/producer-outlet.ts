import { atMost } from './at-most.ts';
import type { KafkaProducer } from './client.ts';
import { hashOf } from './key-hash.ts';
import type { Dispatch, Outlet, OutletOptions } from './outlet.ts';
import { ProducerLease } from './producer-lease.ts';
import { MAX_REQUEST_BYTES } from './record-size.ts';
import { SendQueue } from './send-queue.ts';
import { Shipper } from './shipper.ts';

/** Milliseconds that closing waits for a request under way; some clients try for ever. */
const LONGEST_CLOSING = 30_000;

/** Sends records through a producer, at least once: for ever, as long as there is hope. */
export class ProducerOutlet implements Outlet {
  readonly #options: OutletOptions;
  readonly #lease: ProducerLease;
  readonly #shipper: Shipper;
  readonly #queues: readonly SendQueue[];
  #turn = 0;
  #closing: Promise<void> | undefined;

  constructor(producer: KafkaProducer, options: OutletOptions) {
    this.#options = options;
    this.#lease = new ProducerLease(producer);
    this.#shipper = new Shipper(this.#lease, options);
    const bounds = { maxRecords: options.maxBatch, maxBytes: MAX_REQUEST_BYTES };
    this.#queues = Array.from({ length: options.maxSends }, () => new SendQueue(this.#shipper, bounds));
  }

  send(dispatch: Dispatch): void {
    if (!this.#closing) this.#queueFor(dispatch)?.add(dispatch);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Records of one key, or without a key for one partition, always wait in the same queue. */
  #queueFor({ record: { key, partition } }: Dispatch): SendQueue | undefined {
    const { length } = this.#queues;
    if (length === 1) return this.#queues[0];
    return this.#queues[(typeof key === 'string' || key ? hashOf(key) : (partition ?? this.#turn++)) % length];
  }

  async #close(): Promise<void> {
    const { onClose, scheduler } = this.#options;
    if (onClose === 'send') this.#shipper.finish();
    else this.#shipper.close();
    await atMost(LONGEST_CLOSING, Promise.allSettled(this.#queues.map((queue) => queue.idle())), scheduler);
    this.#shipper.close();
    await this.#lease.release();
  }
}
