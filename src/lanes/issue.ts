import type { Observable } from 'rxjs';
import type { Clock } from '../clock/clock.ts';
import type { Document } from '../document/document.ts';
import type { LockstepObserver } from '../observe/events.ts';
import type { Scores } from '../subtasks/subtask.ts';
import type { Layout } from './layout.ts';

/** One lane of an issue. */
export interface Lane {
  readonly name: string;
  readonly labels: readonly string[];
  /**
   * What the lane says about the whole batch: runs the subtask when subscribed to, emits its {@link Scores} once, completes.
   * To complete without scores is to abstain; so is to error.
   */
  readonly scores: Observable<Scores>;
}

/** A batch on its way through the lanes: what `fanOut` emits, on an edge. */
export interface Issue<D extends Document = Document> {
  /** Counts from 0. */
  readonly batch: number;
  readonly clock: Clock;
  /** The cycle on whose edge it was issued. */
  readonly cycle: number;
  readonly documents: readonly D[];
  readonly lanes: readonly Lane[];
  readonly layout: Layout;
  readonly observe: LockstepObserver;
  /** Says that the batch is no longer in flight, so that another may be issued. `zipLanes` does; so must a join of yours. */
  retire(): void;
}
