import type { LockstepErrorCode } from '../errors.ts';
import { Counters, type CountersSnapshot } from './counters.ts';
import type { AbstainEvent, IssueEvent, LockstepEvent } from './events.ts';

/** A lane's part in a batch. */
export interface LaneRow {
  readonly name: string;
  /** The cycle in which it answered or abstained. */
  ended: number | undefined;
  /** About how many documents it abstained. */
  abstained: number;
  reason: LockstepErrorCode | undefined;
}

/** A batch and where it was when. */
export interface BatchRow {
  readonly batch: number;
  readonly documents: number;
  /** The cycle on which it was issued. */
  readonly issued: number;
  readonly early: boolean;
  readonly lanes: readonly LaneRow[];
  retired: number | undefined;
  /** How many documents became dead letters. */
  rejected: number;
  /** From when to when nothing could be issued after it. Lanes that are full stay so until the next issue: one stretch will do. */
  stalled: { readonly from: number; readonly to: number } | undefined;
}

/** What a timeline remembers: the last batches, and totals over all of them. */
export class TimelineModel {
  readonly #limit: number;
  /** A ring: batch number n of all that were recorded is at n modulo the limit. */
  readonly #ring: BatchRow[] = [];
  readonly #byBatch = new Map<number, BatchRow>();
  readonly #counters = new Counters();
  #recorded = 0;
  #firstCycle = Number.POSITIVE_INFINITY;
  #lastCycle = Number.NEGATIVE_INFINITY;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The last batches, in the order of issue. */
  get rows(): BatchRow[] {
    const oldest = this.#recorded % this.#limit;
    return this.#recorded <= this.#limit
      ? this.#ring.slice()
      : [...this.#ring.slice(oldest), ...this.#ring.slice(0, oldest)];
  }

  get totals(): CountersSnapshot {
    return this.#counters.snapshot();
  }

  /** From the first event to the last. */
  get cycles(): number {
    return Math.max(0, this.#lastCycle - this.#firstCycle + 1);
  }

  get lastCycle(): number {
    return this.#lastCycle;
  }

  record(event: LockstepEvent): void {
    this.#counters.record(event);
    this.#firstCycle = Math.min(this.#firstCycle, event.cycle);
    this.#lastCycle = Math.max(this.#lastCycle, event.cycle);
    switch (event.type) {
      case 'issue':
        this.#issue(event);
        break;
      case 'answer':
        this.#end(event.batch, event.lane, event.cycle);
        break;
      case 'abstain':
        this.#abstain(event);
        break;
      case 'retire': {
        const row = this.#byBatch.get(event.batch);
        if (!row) break;
        row.retired = event.cycle;
        row.rejected = event.rejected;
        break;
      }
      case 'stall':
        this.#stall(event.cycle);
        break;
      case 'bubble':
        break; // the cycles between two issues that are no stalls
    }
  }

  #issue({ batch, cycle, early, documents, lanes }: IssueEvent): void {
    const slot = this.#recorded++ % this.#limit;
    const evicted = this.#ring[slot];
    if (evicted && this.#byBatch.get(evicted.batch) === evicted) this.#byBatch.delete(evicted.batch);
    const row: BatchRow = {
      batch,
      documents,
      issued: cycle,
      early,
      lanes: lanes.map((name) => ({ name, ended: undefined, abstained: 0, reason: undefined })),
      retired: undefined,
      rejected: 0,
      stalled: undefined,
    };
    this.#ring[slot] = row;
    this.#byBatch.set(batch, row);
  }

  /** Nothing to do for a batch that was forgotten. */
  #end(batch: number, name: string, cycle: number): LaneRow | undefined {
    const lane = this.#byBatch.get(batch)?.lanes.find((candidate) => candidate.name === name);
    if (lane) lane.ended ??= cycle;
    return lane;
  }

  #abstain({ batch, lane: name, cycle, documents, reason }: AbstainEvent): void {
    const lane = this.#end(batch, name, cycle);
    if (!lane) return;
    lane.abstained = documents;
    lane.reason = reason.code;
  }

  #stall(cycle: number): void {
    const latest = this.#ring[(this.#recorded - 1) % this.#limit];
    if (latest) latest.stalled = { from: latest.stalled?.from ?? cycle, to: cycle };
  }
}
