import type { SchedulerLike, Subscription } from 'rxjs';
import type { Assignment } from './assignment.ts';
import type { KafkaEachBatchPayload, KafkaTopicOffsets } from './client.ts';
import { isPermanent, isSuperseded } from './client-errors.ts';
import type { KafkaObserver, KafkaSourceEvent } from './events.ts';

/** What sees to it that the offsets of finished documents are committed. */
export interface Committer {
  /**
   * Called before the first document of an assignment goes out.
   *
   * @returns the offset before which documents are done already
   */
  claim(assignment: Assignment): Promise<number>;
  /** The consumer is in a batch; commits can go through it. */
  through(payload: KafkaEachBatchPayload): void;
  /** A document is finished. */
  finished(assignment: Assignment): void;
  /** Everything that may be in flight is, and the source waits for credit. */
  starved(): void;
  /** Commits what can be committed now. Never rejects. */
  flush(): Promise<void>;
  /** The assignments are not ours any more. */
  release(assignments: Iterable<Assignment>): void;
  /** Lets go of everything, without a last commit. Never rejects. */
  close(): Promise<void>;
}

/** Options of {@link GroupCommitter}. */
export interface GroupCommitterOptions {
  /** Milliseconds from the first finished document to the commit. */
  readonly commitInterval: number;
  /** Finished documents after which a commit does not wait for the interval. */
  readonly commitEvery: number;
  readonly scheduler: SchedulerLike;
  readonly observe: KafkaObserver<KafkaSourceEvent>;
  readonly assignments: () => Iterable<Assignment>;
  /** A commit failed in a way that trying again does not mend. */
  readonly failed: (error: unknown) => void;
}

/**
 * Commits through the consumer group: at least once. One commit is under way at a time, and takes all partitions together; what is
 * finished meanwhile goes with the next.
 */
export class GroupCommitter implements Committer {
  readonly #options: GroupCommitterOptions;
  #payload: KafkaEachBatchPayload | undefined;
  #finished = 0;
  #timer: Subscription | undefined;
  #underWay: Promise<void> | undefined;
  #closed = false;

  constructor(options: GroupCommitterOptions) {
    this.#options = options;
  }

  claim(): Promise<number> {
    return NOTHING_DONE;
  }

  through(payload: KafkaEachBatchPayload): void {
    this.#payload = payload;
  }

  finished(): void {
    if (this.#closed) return;
    this.#finished++;
    if (this.#finished >= this.#options.commitEvery) this.#commit();
    else this.#arm();
  }

  starved(): void {}

  async flush(): Promise<void> {
    await this.#underWay;
    await this.#commit();
  }

  release(): void {}

  async close(): Promise<void> {
    this.#closed = true;
    this.#disarm();
    await this.#underWay;
  }

  #arm(): void {
    const { scheduler, commitInterval } = this.#options;
    this.#timer ??= scheduler.schedule(() => {
      this.#timer = undefined;
      this.#commit();
    }, commitInterval);
  }

  #disarm(): void {
    this.#timer?.unsubscribe();
    this.#timer = undefined;
  }

  #commit(): Promise<void> {
    this.#underWay ??= this.#commitNow().finally(() => {
      this.#underWay = undefined;
      if (this.#finished > 0 && !this.#closed) this.#arm();
    });
    return this.#underWay;
  }

  async #commitNow(): Promise<void> {
    const { observe, scheduler, assignments, failed } = this.#options;
    this.#disarm();
    const due = Array.from(assignments()).flatMap((assignment) => {
      const offset = assignment.revoked ? undefined : assignment.ledger.committable;
      return offset === undefined ? [] : [{ assignment, offset }];
    });
    this.#finished = 0;
    if (due.length === 0 || !this.#payload) return;
    const started = scheduler.now();
    try {
      await this.#payload.commitOffsetsIfNecessary({ topics: byTopic(due) });
    } catch (error) {
      const superseded = isSuperseded(error);
      observe({ type: 'commit-failed', error, superseded });
      if (isPermanent(error)) failed(error);
      // So that it is tried again: `finished` may not be called for long.
      else if (!superseded) this.#finished++;
      return;
    }
    for (const { assignment, offset } of due) assignment.ledger.commit(offset);
    observe({
      type: 'commit',
      offsets: due.map(({ assignment: { topic, partition }, offset }) => ({ topic, partition, offset })),
      milliseconds: scheduler.now() - started,
    });
  }
}

function byTopic(due: readonly { readonly assignment: Assignment; readonly offset: number }[]): KafkaTopicOffsets[] {
  const topics = new Map<string, KafkaTopicOffsets>();
  for (const { assignment, offset } of due) {
    const { topic, partition } = assignment;
    const offsets = topics.get(topic) ?? { topic, partitions: [] };
    offsets.partitions.push({ partition, offset: String(offset) });
    topics.set(topic, offsets);
  }
  return [...topics.values()];
}

const NOTHING_DONE: Promise<number> = Promise.resolve(0);
