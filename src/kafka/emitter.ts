import { from, type Subscriber } from 'rxjs';
import { type DeadLetter, type Document, receipt } from '../document/document.ts';
import { extend } from '../document/extend.ts';
import { describe, LockstepError } from '../errors.ts';
import type { Assignment, AssignmentEvents } from './assignment.ts';
import { atMost } from './at-most.ts';
import { Bell } from './bell.ts';
import type { KafkaEachBatchPayload, KafkaMessage } from './client.ts';
import { isRebalance, isSuperseded } from './client-errors.ts';
import type { Committer } from './committer.ts';
import { identityOf } from './decoders.ts';
import { Delivery, RejectableDelivery } from './delivery.ts';
import { Membership } from './membership.ts';
import { ConsumedRecord, type FromKafka } from './record.ts';
import type { KafkaSourceOptions } from './source-options.ts';

/**
 * Whether documents go out: they do; not until we have joined the group again; not any more, but the consumer stays until those in
 * flight are finished; or it is over.
 */
type Phase = 'open' | 'rebalancing' | 'draining' | 'ended';

/** Milliseconds between two heartbeats while we wait; the client leaves out those that are not due. */
const HEARTBEAT_EVERY = 100;
/** Documents at most that go out before we look at the time. */
const STRETCH = 256;
/** Milliseconds for which documents go out before everything else has its turn. */
const TURN = 10;
/** Milliseconds at most for which the group waits for our documents in flight before it is divided anew; then for our last commit. */
const REBALANCE_DRAIN = 3000;
const REBALANCE_COMMIT = 3000;

/**
 * Makes documents of batches and emits them as far as there is credit. While it waits for credit it stays in the batch and sends
 * heartbeats, so a slow sink holds the fetching back and costs nobody his place in the group.
 */
export class Emitter<D extends Document> implements AssignmentEvents {
  readonly membership: Membership = new Membership(this);
  readonly #options: KafkaSourceOptions<D>;
  readonly #subscriber: Subscriber<D & FromKafka>;
  readonly committer: Committer;
  readonly #fail: (error: unknown) => void;
  readonly #bell: Bell;
  #phase: Phase = 'open';
  #inFlight = 0;
  #settling: Promise<void> | undefined;

  constructor(
    options: KafkaSourceOptions<D>,
    subscriber: Subscriber<D & FromKafka>,
    committer: (membership: Membership) => Committer,
    fail: (error: unknown) => void,
  ) {
    this.#options = options;
    this.#subscriber = subscriber;
    this.committer = committer(this.membership);
    this.#fail = fail;
    this.#bell = new Bell(options.scheduler);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** We have joined the group, or are about to: documents may go out again. */
  reopen(): void {
    this.#settling = undefined;
    if (this.#phase === 'rebalancing') this.#phase = 'open';
  }

  drain(): void {
    if (this.#phase !== 'ended') this.#phase = 'draining';
  }

  /** Nothing goes out or is committed any more. */
  end(): void {
    this.#phase = 'ended';
    this.membership.revokeAll();
    this.#bell.ring();
  }

  /** Until nothing is in flight, or for some milliseconds at most. */
  async idle(milliseconds: number, meanwhile: () => void = () => {}): Promise<void> {
    const { scheduler } = this.#options;
    const deadline = scheduler.now() + milliseconds;
    while (this.#inFlight > 0 && this.#phase !== 'ended') {
      const left = deadline - scheduler.now();
      if (left <= 0) return;
      await this.#bell.wait(Math.min(left, HEARTBEAT_EVERY));
      meanwhile();
    }
  }

  async take(payload: KafkaEachBatchPayload): Promise<void> {
    try {
      const assignment = this.membership.assignmentFor(payload);
      if (assignment && this.#mayGoOn(payload, assignment)) await this.#read(payload, assignment);
      await payload.heartbeat();
    } catch (error) {
      if (isSuperseded(error) && this.#phase === 'open') this.#phase = 'rebalancing';
      if (isRebalance(error)) await this.#beforeRebalance(payload);
      throw error;
    }
  }

  finished(assignment: Assignment): void {
    this.#inFlight--;
    this.committer.finished(assignment);
    this.#bell.ring();
  }

  rejected(delivery: Delivery, letter: DeadLetter): void {
    const finish = (): void => delivery.assignment.finish(delivery);
    // It comes again, and its letter with it.
    if (delivery.assignment.revoked) {
      finish();
      return;
    }
    try {
      const pending = this.#options.deadLetters?.(letter);
      if (typeof pending === 'object' && pending !== null)
        from(pending).subscribe({ complete: finish, error: this.#fail });
      else finish();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #read(payload: KafkaEachBatchPayload, assignment: Assignment): Promise<void> {
    this.committer.through(payload);
    assignment.highWatermark = Number(payload.batch.highWatermark);
    const from = await this.#heartbeating(payload, this.committer.claim(assignment));
    await this.#emitAll(payload, assignment, from);
  }

  async #emitAll(payload: KafkaEachBatchPayload, assignment: Assignment, from: number): Promise<void> {
    const { scheduler, maxInFlight } = this.#options;
    const { messages } = payload.batch;
    let turn = scheduler.now();
    let i = 0;
    while (i < messages.length) {
      if (!this.#mayGoOn(payload, assignment)) return;
      if (this.#phase === 'draining' || this.#inFlight >= maxInFlight) {
        this.committer.starved();
        await this.#hold(payload);
        turn = scheduler.now();
        continue;
      }
      i = this.#emitSome(messages, i, assignment, from);
      const last = messages[i - 1];
      if (last && !assignment.revoked) payload.resolveOffset(last.offset);
      if (scheduler.now() - turn < TURN) continue;
      await new Promise((resolve) => setImmediate(resolve));
      await payload.heartbeat();
      turn = scheduler.now();
    }
    if (!assignment.revoked) assignment.ledger.skipTo(Number(payload.batch.lastOffset()) + 1);
  }

  #mayGoOn(payload: KafkaEachBatchPayload, assignment: Assignment): boolean {
    if (this.#phase === 'rebalancing' || this.#phase === 'ended') return false;
    return !assignment.revoked && payload.isRunning() && !payload.isStale();
  }

  /** Emits from a message on, for as long as there is credit; gives the index of the one after the last. */
  #emitSome(messages: readonly KafkaMessage[], start: number, assignment: Assignment, from: number): number {
    const { maxInFlight, scheduler } = this.#options;
    const end = Math.min(messages.length, start + STRETCH);
    const now = scheduler.now();
    let i = start;
    // What comes after us may acknowledge, leave or abort while we are in here.
    while (i < end && this.#inFlight < maxInFlight && this.#phase === 'open' && !assignment.revoked) {
      const message = messages[i++];
      if (message) this.#emit(message, assignment, from, now);
    }
    return i;
  }

  #emit(message: KafkaMessage, assignment: Assignment, from: number, now: number): void {
    const offset = Number(message.offset);
    if (offset < from) {
      assignment.ledger.skipTo(offset + 1);
      return;
    }
    const delivery = this.#options.deadLetters
      ? new RejectableDelivery(assignment, offset, now)
      : new Delivery(assignment, offset, now);
    const kafka = new ConsumedRecord(assignment, message, delivery);
    assignment.ledger.emit(delivery);
    this.#inFlight++;
    let document: (D & FromKafka) | null;
    try {
      const decoded = this.#decode(kafka);
      document = decoded && extend(decoded, { kafka, [receipt]: delivery });
    } catch (cause) {
      this.#refuse(delivery, kafka, cause);
      return;
    }
    if (document === null) delivery.acknowledge();
    else this.#subscriber.next(document);
  }

  #decode(kafka: ConsumedRecord): D | null {
    const decoded = this.#options.decode(kafka);
    if (decoded === null || (typeof decoded === 'object' && typeof decoded.text === 'string')) return decoded;
    throw new Error(`expected \`decode\` to give a document or null, got ${describe(decoded)}`);
  }

  #refuse(delivery: Delivery, kafka: ConsumedRecord, cause: unknown): void {
    const why = cause instanceof Error ? cause.message : describe(cause);
    const id = identityOf(kafka);
    const reason = new LockstepError('INVALID_DATA', `Cannot use record ${id}: ${why}`, { cause });
    const document = { text: kafka.value?.toString() ?? '', id, kafka };
    if (delivery instanceof RejectableDelivery) delivery.reject({ document, reason });
    else this.#fail(reason);
  }

  async #hold(payload: KafkaEachBatchPayload): Promise<void> {
    await this.#bell.wait(HEARTBEAT_EVERY);
    await payload.heartbeat();
  }

  async #heartbeating<T>(payload: KafkaEachBatchPayload, pending: Promise<T>): Promise<T> {
    let done = false;
    const note = (): void => {
      done = true;
      this.#bell.ring();
    };
    pending.then(note, note);
    // Most often it is there already.
    await Promise.resolve();
    while (!done && this.#phase !== 'ended') await this.#hold(payload);
    return pending;
  }

  /** Finishes and commits what it can before the group is divided anew, so that little comes twice. */
  async #beforeRebalance(payload: KafkaEachBatchPayload): Promise<void> {
    this.#settling ??= this.#settle(payload);
    await this.#settling;
  }

  async #settle(payload: KafkaEachBatchPayload): Promise<void> {
    await this.idle(REBALANCE_DRAIN, () => void payload.heartbeat().catch(() => {}));
    await atMost(REBALANCE_COMMIT, this.committer.flush(), this.#options.scheduler);
  }
}
