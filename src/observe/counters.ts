import type { LockstepErrorCode } from '../errors.ts';
import type { AbstainEvent, IssueEvent, LockstepEvent, LockstepObserver } from './events.ts';

/** What {@link Counters} counted of one lane. */
export interface LaneCounters {
  /** Batches about which it answered. */
  readonly answers: number;
  /** Batches about which it abstained, in whole or in part; a batch of which it scored some documents is in `answers` too. */
  readonly abstentions: number;
  readonly abstainedDocuments: number;
  /** The abstentions by the code of their reason; codes that did not occur are absent. */
  readonly reasons: Readonly<Partial<Record<LockstepErrorCode, number>>>;
}

/** What {@link Counters} counted so far. */
export interface CountersSnapshot {
  /** Batches issued. */
  readonly batches: number;
  /** Documents issued. */
  readonly documents: number;
  /** Documents a batch; 0 before the first. */
  readonly meanBatch: number;
  /** Batches issued on an edge that was brought forward. */
  readonly early: number;
  /** Documents that missed the quorum and became dead letters. */
  readonly rejected: number;
  /** Edges on which nothing could be issued because `depth` batches were in flight. */
  readonly stalls: number;
  /** Cycles between two issues in which nothing was issued because nothing was waiting. */
  readonly bubbles: number;
  /** By the name of the lane, in the order of the lanes. */
  readonly lanes: Readonly<Record<string, LaneCounters>>;
}

interface LaneTally {
  answers: number;
  abstentions: number;
  abstainedDocuments: number;
  readonly reasons: Map<LockstepErrorCode, number>;
}

/**
 * Counts what `fanOut` and `zipLanes` do: a few additions an event, and memory for the names of the lanes only.
 *
 * @example
 * ```ts
 * const counters = new Counters();
 * headlines$.pipe(classify(news, { observe: counters.record })).subscribe({
 *   complete: () => console.log(counters.snapshot().meanBatch),
 * });
 * ```
 */
export class Counters {
  /** Takes an event; bound, so that it can be handed on as it is: `observe: counters.record`. */
  readonly record: LockstepObserver = (event) => this.#count(event);
  #batches = 0;
  #documents = 0;
  #early = 0;
  #rejected = 0;
  #stalls = 0;
  #bubbles = 0;
  readonly #lanes = new Map<string, LaneTally>();

  /** What was counted so far: plain data that later events leave alone. */
  snapshot(): CountersSnapshot {
    return {
      batches: this.#batches,
      documents: this.#documents,
      meanBatch: this.#batches === 0 ? 0 : this.#documents / this.#batches,
      early: this.#early,
      rejected: this.#rejected,
      stalls: this.#stalls,
      bubbles: this.#bubbles,
      lanes: Object.fromEntries(
        Array.from(this.#lanes, ([name, tally]) => [name, { ...tally, reasons: Object.fromEntries(tally.reasons) }]),
      ),
    };
  }

  #count(event: LockstepEvent): void {
    switch (event.type) {
      case 'issue':
        this.#issued(event);
        break;
      case 'answer':
        this.#lane(event.lane).answers++;
        break;
      case 'abstain':
        this.#abstained(event);
        break;
      case 'retire':
        this.#rejected += event.rejected;
        break;
      case 'stall':
        this.#stalls++;
        break;
      case 'bubble':
        this.#bubbles += event.cycles;
        break;
    }
  }

  #issued({ documents, early, lanes }: IssueEvent): void {
    this.#batches++;
    this.#documents += documents;
    if (early) this.#early++;
    for (const name of lanes) this.#lane(name);
  }

  #abstained({ lane, documents, reason }: AbstainEvent): void {
    const tally = this.#lane(lane);
    tally.abstentions++;
    tally.abstainedDocuments += documents;
    tally.reasons.set(reason.code, (tally.reasons.get(reason.code) ?? 0) + 1);
  }

  #lane(name: string): LaneTally {
    let tally = this.#lanes.get(name);
    if (!tally) {
      tally = { answers: 0, abstentions: 0, abstainedDocuments: 0, reasons: new Map() };
      this.#lanes.set(name, tally);
    }
    return tally;
  }
}
