import { Observable, type Subscriber, Subscription } from 'rxjs';
import type { Document } from '../document/document.ts';
import { LockstepError } from '../errors.ts';
import { atMost } from './at-most.ts';
import type { KafkaConsumer } from './client.ts';
import { isPermanent, isUnknownTopic } from './client-errors.ts';
import { type Committer, GroupCommitter } from './committer.ts';
import { Emitter } from './emitter.ts';
import type { Joining, Membership } from './membership.ts';
import type { FromKafka } from './record.ts';
import type { KafkaSourceOptions } from './source-options.ts';
import { Watch } from './watch.ts';

/** The documents of topics: the machinery of `fromKafka`. */
export function kafkaSource<D extends Document>(
  consumer: KafkaConsumer | (() => KafkaConsumer),
  options: KafkaSourceOptions<D>,
): Observable<D & FromKafka> {
  const make = typeof consumer === 'function' ? consumer : () => consumer;
  let free: Promise<void> = Promise.resolve();
  return new Observable((subscriber) => {
    const turn = free;
    const source = new KafkaSource(make, options, subscriber, turn);
    const left = new Promise<void>((resolve) => subscriber.add(() => void source.leave().then(resolve)));
    // A consumer serves one subscription: the next begins when the last has left it.
    if (typeof consumer !== 'function') free = turn.then(() => left);
    source.start();
  });
}

/** Milliseconds at most that we wait, when we leave: for the last commit, and for a consumer that is just beginning. */
const LONGEST_COMMIT = 5000;
const LONGEST_BEGINNING = 5000;

/** One subscription: the life of a consumer, and of those that are built after it has died. */
class KafkaSource<D extends Document> {
  readonly #make: () => KafkaConsumer;
  readonly #options: KafkaSourceOptions<D>;
  readonly #subscriber: Subscriber<D & FromKafka>;
  readonly #emitter: Emitter<D>;
  readonly #watch: Watch<D>;
  readonly #turn: Promise<void>;
  #consumer: KafkaConsumer | undefined;
  #listening = new Subscription();
  /** The attempt to begin that is under way: by us, or by a client that begins anew by itself. */
  #beginning: Promise<void> = Promise.resolve();
  #begun: () => void = () => {};
  #retry: Subscription | undefined;
  /** Crashes since we last joined the group. */
  #crashes = 0;
  #everJoined = false;
  #over = false;
  #left = false;
  #leaving: Promise<void> | undefined;

  /** @param turn when the consumer is free */
  constructor(
    make: () => KafkaConsumer,
    options: KafkaSourceOptions<D>,
    subscriber: Subscriber<D & FromKafka>,
    turn: Promise<void>,
  ) {
    this.#make = make;
    this.#options = options;
    this.#subscriber = subscriber;
    this.#turn = turn;
    const fail = (error: unknown): void => subscriber.error(error);
    this.#emitter = new Emitter(options, subscriber, (membership) => this.#committerOf(membership), fail);
    this.#watch = new Watch(options, this.#emitter);
  }

  start(): void {
    const { signal } = this.#options;
    const abort = (): void => void this.#drain();
    if (signal?.aborted) {
      abort();
      return;
    }
    signal?.addEventListener('abort', abort, { once: true });
    this.#subscriber.add(() => signal?.removeEventListener('abort', abort));
    this.#beginning = this.#begin();
  }

  /** The subscriber has left, or all is done: commits what is finished and leaves the group. */
  leave(): Promise<void> {
    this.#leaving ??= this.#leave();
    return this.#leaving;
  }

  async #leave(): Promise<void> {
    this.#over = true;
    this.#retry?.unsubscribe();
    this.#watch.stop();
    const { scheduler, deadLetters, observe } = this.#options;
    const { committer } = this.#emitter;
    this.#emitter.drain();
    await atMost(LONGEST_COMMIT, committer.flush(), scheduler);
    this.#emitter.end();
    // Before the consumer: it may be in a batch that waits for its partition to be claimed.
    await atMost(LONGEST_COMMIT, committer.close(), scheduler);
    // A client may try for ever to reach a cluster, and is not to be left while it does; but not for ever.
    const begun = !this.#consumer || (await atMost(LONGEST_BEGINNING, this.#beginning, scheduler));
    if (!begun) void this.#beginning.then(() => this.#disconnect());
    await this.#disconnect();
    this.#left = true;
    await silently(() => deadLetters?.close?.());
    observe({ type: 'stop', unsettled: this.#emitter.inFlight });
  }

  /** Takes no more, waits for what is in flight, leaves, and completes. */
  async #drain(): Promise<void> {
    const { observe, drainTimeout } = this.#options;
    observe({ type: 'drain', inFlight: this.#emitter.inFlight });
    this.#emitter.drain();
    await this.#emitter.idle(drainTimeout);
    await this.leave();
    this.#subscriber.complete();
  }

  async #begin(): Promise<void> {
    await this.#turn;
    if (this.#over) return;
    const { topics, concurrency } = this.#options;
    try {
      const consumer = this.#make();
      this.#consumer = consumer;
      this.#listen(consumer);
      await consumer.connect();
      if (this.#over) return;
      // From the beginning, for kafkajs commits the end of the log where it finds no offset of ours, and skips all before.
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      if (this.#over) return;
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: concurrency,
        eachBatch: async (payload) => {
          // If it dies while it is left, kafkajs begins anew afterwards, and cannot be reached any more. Of this error it dies for good.
          if (this.#left) throw new TypeError('the consumer was left');
          this.#watch.heard();
          await this.#emitter.take(payload);
        },
      });
    } catch (error) {
      this.#crashed(error, false);
    }
  }

  #listen(consumer: KafkaConsumer): void {
    const heard = (): void => this.#watch.heard();
    this.#listening = new Subscription();
    for (const off of [
      consumer.on('consumer.heartbeat', heard),
      consumer.on('consumer.fetch', heard),
      consumer.on('consumer.end_batch_process', heard),
      // Found out between two batches: this is the last moment for a commit before we join again.
      consumer.on('consumer.rebalancing', () => void this.#emitter.committer.flush()),
      consumer.on('consumer.group_join', ({ payload }) => this.#joined(payload)),
      consumer.on('consumer.crash', ({ payload }) => this.#crashed(payload.error, payload.restart)),
    ])
      this.#listening.add(off);
  }

  #joined(joining: Joining): void {
    this.#watch.heard();
    this.#crashes = 0;
    this.#begun();
    this.#everJoined = true;
    const { membership } = this.#emitter;
    const { assigned, previous, revoked } = membership.joined(joining);
    this.#emitter.committer.release(previous);
    this.#emitter.reopen();
    const partitions = assigned.map(({ topic, partition }) => ({ topic, partition }));
    this.#options.observe({ type: 'assign', groupId: joining.groupId, epoch: membership.epoch, partitions, revoked });
  }

  #crashed(error: unknown, restarts: boolean): void {
    this.#begun();
    if (this.#over) return;
    const { observe, restart, scheduler } = this.#options;
    this.#emitter.committer.release(this.#emitter.membership.revokeAll());
    this.#emitter.reopen();
    if (restarts) {
      // It cannot be left before it has begun: it would go on without us. It says so a moment too early.
      this.#beginning = new Promise((resolve) => {
        this.#begun = () => void setImmediate(resolve);
      });
      observe({ type: 'crash', error, retryIn: undefined });
      return;
    }
    const missing = isUnknownTopic(error) && !this.#everJoined;
    if (restart === false || missing || isPermanent(error) || this.#crashes >= restart.attempts) {
      this.#subscriber.error(this.#failure(error));
      return;
    }
    const retryIn = Math.min(restart.maxDelay, restart.initialDelay * 2 ** this.#crashes++);
    observe({ type: 'crash', error, retryIn });
    this.#retry?.unsubscribe();
    this.#retry = scheduler.schedule(() => {
      this.#beginning = this.#disconnect().then(() => this.#begin());
    }, retryIn);
  }

  #failure(cause: unknown): LockstepError {
    const topics = this.#options.topics.join(', ');
    const why = cause instanceof Error ? cause.message : String(cause);
    return new LockstepError('SOURCE_FAILED', `Cannot read topic ${topics}: ${why}`, { cause });
  }

  async #disconnect(): Promise<void> {
    this.#listening.unsubscribe();
    await silently(() => this.#consumer?.disconnect());
  }

  #committerOf(membership: Membership): Committer {
    const { commitInterval, commitEvery, scheduler, observe, exactlyOnce } = this.#options;
    const failed = (error: unknown): void => this.#subscriber.error(this.#failure(error));
    if (exactlyOnce) return exactlyOnce.committer({ scheduler, failed });
    const assignments = (): Membership['assignments'] => membership.assignments;
    return new GroupCommitter({ commitInterval, commitEvery, scheduler, observe, assignments, failed });
  }
}

/** What cannot be left is dead, and the group will find out. */
async function silently(leave: () => Promise<void> | undefined): Promise<void> {
  try {
    await leave();
  } catch {}
}
