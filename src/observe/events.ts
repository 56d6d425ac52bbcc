import type { LockstepError } from '../errors.ts';

/** A batch was issued: all lanes got it on this edge. */
export interface IssueEvent {
  readonly type: 'issue';
  readonly batch: number;
  readonly cycle: number;
  /** Whether the edge was brought forward; see `ClockOptions.workConserving`. */
  readonly early: boolean;
  readonly documents: number;
  readonly lanes: readonly string[];
}

/** A lane answered about a batch. */
export interface AnswerEvent {
  readonly type: 'answer';
  readonly batch: number;
  readonly cycle: number;
  readonly lane: string;
}

/** A lane abstained about some or all documents of a batch. */
export interface AbstainEvent {
  readonly type: 'abstain';
  readonly batch: number;
  readonly cycle: number;
  readonly lane: string;
  readonly documents: number;
  readonly reason: LockstepError;
}

/** A batch left: its ballots went on. */
export interface RetireEvent {
  readonly type: 'retire';
  readonly batch: number;
  readonly cycle: number;
  readonly documents: number;
  /** How many of them missed the quorum and became dead letters. */
  readonly rejected: number;
}

/** Nothing could be issued on this edge because `depth` batches were in flight. */
export interface StallEvent {
  readonly type: 'stall';
  readonly cycle: number;
  readonly waiting: number;
}

/** Nothing was issued from `cycle` on, for `cycles` cycles between two issues, because nothing was waiting. */
export interface BubbleEvent {
  readonly type: 'bubble';
  readonly cycle: number;
  readonly cycles: number;
}

/** What `fanOut` and `zipLanes` tell an observer: a handful of events a batch, none a document. */
export type LockstepEvent = IssueEvent | AnswerEvent | AbstainEvent | RetireEvent | StallEvent | BubbleEvent;

/** Takes {@link LockstepEvent}s. It is called synchronously, so it must be quick and must not throw. */
export type LockstepObserver = (event: LockstepEvent) => void;
