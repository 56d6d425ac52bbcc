import { LockstepError } from '../errors.ts';
import { Bell } from './bell.ts';
import { isPermanent, isSpent, isTooLarge, isUnknownTopic } from './client-errors.ts';
import type { Dispatch, OutletOptions } from './outlet.ts';
import { Parcel, type Pins } from './parcel.ts';
import type { ProducerLease } from './producer-lease.ts';

/** Options of {@link Shipper}. */
export type ShipperOptions = Pick<OutletOptions, 'acks' | 'compression' | 'scheduler' | 'observe'>;

/** In milliseconds, as is the longest. */
const SHORTEST_PAUSE = 100;
const LONGEST_PAUSE = 10_000;

/** Whether it tries for ever; until the next failure; or not any more. */
type Phase = 'open' | 'finishing' | 'closed';

/** Sends records until the fate of each is known. */
export class Shipper {
  readonly #lease: ProducerLease;
  readonly #options: ShipperOptions;
  readonly #bell: Bell;
  /** Topics that have taken a record: one that is missing after that is expected back. */
  readonly #known = new Set<string>();
  readonly #pins: Pins = new WeakMap();
  #phase: Phase = 'open';

  constructor(lease: ProducerLease, options: ShipperOptions) {
    this.#lease = lease;
    this.#options = options;
    this.#bell = new Bell(options.scheduler);
  }

  /** From now on a failure ends it: what is not confirmed by then comes again. */
  finish(): void {
    if (this.#phase === 'open') this.#phase = 'finishing';
    this.#bell.ring();
  }

  /** Nothing is sent any more. */
  close(): void {
    this.#phase = 'closed';
    this.#bell.ring();
  }

  /**
   * Sends them in order, in one request if it can be. Never rejects.
   *
   * @returns whether they were too large together, though none of them alone
   */
  async ship(dispatches: readonly Dispatch[]): Promise<boolean> {
    // The next is the last of them.
    const pieces = [dispatches];
    let failures = 0;
    let split = false;
    let refused = false;
    for (let piece = pieces.pop(); piece && this.#phase !== 'closed'; piece = pieces.pop()) {
      if (piece.length === 0) continue;
      const parcel = new Parcel(piece, this.#pins);
      const started = this.#options.scheduler.now();
      const result = await this.#send(parcel);
      if ('answer' in result) {
        failures = 0;
        pieces.push(this.#confirm(parcel, result.answer, this.#options.scheduler.now() - started));
        continue;
      }
      const { error } = result;
      const tooLarge = isTooLarge(error);
      if (tooLarge && piece.length > 1) {
        split = true;
        pieces.push(...parcel.split().toReversed());
      } else if (tooLarge || isPermanent(error) || isSpent(error)) {
        refused = true;
        fail(piece, error);
      } else if (isUnknownTopic(error) && !piece.every(this.#isKnown)) {
        parcel.pin();
        pieces.push(piece.filter(this.#isKnown));
        fail(
          piece.filter((each) => !this.#isKnown(each)),
          error,
        );
      } else {
        parcel.pin();
        pieces.push(piece);
        await this.#pause(piece, error, ++failures);
      }
    }
    return split && !refused;
  }

  readonly #isKnown = ({ topic }: Dispatch): boolean => this.#known.has(topic);

  async #send({
    topicMessages,
  }: Parcel<Dispatch>): Promise<{ readonly answer: unknown } | { readonly error: unknown }> {
    const { acks, compression } = this.#options;
    try {
      await this.#lease.connect();
      return { answer: await this.#lease.producer.sendBatch({ topicMessages, acks, compression }) };
    } catch (error) {
      return { error };
    }
  }

  /** @returns those that have to be sent once more */
  #confirm(parcel: Parcel<Dispatch>, answer: unknown, milliseconds: number): readonly Dispatch[] {
    const { acks, observe } = this.#options;
    const { sent, leftOut } = acks === 0 ? { sent: parcel.items, leftOut: [] } : parcel.sorted(answer);
    for (const [topic, records] of countsByTopic(sent)) {
      this.#known.add(topic);
      observe({ type: 'send', topic, records, milliseconds });
    }
    for (const dispatch of sent) dispatch.confirmed();
    if (sent.length > 0) {
      this.#reportLeftOut(leftOut);
      return leftOut;
    }
    // Nobody else has answered in their stead, so they had nowhere to go.
    const places = [...new Set(leftOut.map((dispatch) => parcel.placeOf(dispatch)))].join(', ');
    fail(leftOut, new LockstepError('SINK_FAILED', `Expected a partition that exists, got ${places}`));
    return [];
  }

  #reportLeftOut(dispatches: readonly Dispatch[]): void {
    for (const [topic, records] of countsByTopic(dispatches)) {
      const error = new LockstepError(
        'SINK_FAILED',
        `The client has left out ${records} records, and reported success`,
      );
      this.#options.observe({ type: 'send-failed', topic, error, attempt: 1, retryIn: 0 });
    }
  }

  /** Waits, longer each time, before they are tried again. */
  async #pause(dispatches: readonly Dispatch[], error: unknown, attempt: number): Promise<void> {
    const { observe } = this.#options;
    if (this.#phase === 'finishing') this.#phase = 'closed';
    if (this.#phase === 'closed') return;
    this.#lease.reconnect();
    const retryIn = Math.min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** (attempt - 1));
    for (const topic of countsByTopic(dispatches).keys())
      observe({ type: 'send-failed', topic, error, attempt, retryIn });
    await this.#bell.wait(retryIn);
  }
}

function fail(dispatches: readonly Dispatch[], error: unknown): void {
  for (const dispatch of dispatches) dispatch.failed(error);
}

function countsByTopic(dispatches: readonly Dispatch[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { topic } of dispatches) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  return counts;
}
