import { Observable, type SchedulerAction, type SchedulerLike, Subscription } from 'rxjs';
import { invalidArgument } from '../errors.ts';
import { Agenda } from './agenda.ts';
import { RealTime } from './real-time.ts';

type Work<T> = (this: SchedulerAction<T>, state?: T) => void;

/** One edge of a {@link Clock}. */
export interface Edge {
  /** Regular edges are numbered from 0, at the clock's start. An early edge has the number of the cycle it falls into. */
  readonly cycle: number;
  /** When the edge was due, in the time of the clock's scheduler (milliseconds; frames in virtual time). */
  readonly time: number;
  /** How long after `time` it came. */
  readonly lateness: number;
  /** Whether the edge was brought forward (see {@link ClockOptions.workConserving}). */
  readonly early: boolean;
}

/** Options of a {@link Clock}. */
export interface ClockOptions {
  /** Time from edge to edge, 1 to 2,147,483,647 milliseconds (frames in virtual time); fractions are fine. */
  readonly period: number;
  /** The scheduler beneath: a `TestScheduler` in marble tests. @default real timers */
  readonly scheduler?: SchedulerLike;
  /**
   * Whether an edge may be brought forward when there is work that need not wait: a full batch with a free lane, or a batch
   * about which all lanes have answered. Without it everything happens on regular edges. @default false
   */
  readonly workConserving?: boolean;
  /** Whether a pending edge keeps the Node process alive; of no effect with a `scheduler` of yours. @default true */
  readonly keepAlive?: boolean;
}

/** No timer can wait longer in one go. */
const LONGEST_PERIOD = 2 ** 31 - 1;
/** A shorter period than timers can do. */
const SHORTEST_PERIOD = 1;
/** Times that differ by less are the same: a double that holds the milliseconds since 1970 resolves 0.0002. */
const TOLERANCE = 0.001;

/**
 * An RxJS scheduler whose work runs on the edges of an interval.
 *
 * Edges lie at `start + n × period`, so they do not drift. An edge that comes so late that others are due as well stands for
 * all of them: the rest are counted in {@link missed}, not replayed. Work scheduled with a delay runs on the first edge at or
 * after it; work scheduled while an edge runs, on a later one. While an edge runs, {@link now} is the time of that edge. With
 * nobody waiting no timer runs.
 *
 * ```text
 * clock(5)               |----|----|----|----|
 * schedule at            --a---b-c-----------
 * runs at                -----a----(bc)------
 * ```
 *
 * @example
 * ```ts
 * const clock = new Clock({ period: 5 });
 * from(['a', 'b']).pipe(observeOn(clock)).subscribe(console.log); // a, then b, on edges
 * ```
 */
export class Clock implements SchedulerLike {
  readonly period: number;
  readonly workConserving: boolean;
  /** When edge 0 was, or is. */
  readonly start: number;
  /**
   * Every edge from the next one on, while somebody is subscribed. A slow subscriber sees gaps in `cycle`, never a backlog.
   */
  readonly edges: Observable<Edge>;
  readonly #scheduler: SchedulerLike;
  readonly #agenda = new Agenda<Due>();
  #edge: Edge | undefined;
  #lastCycle = -1;
  #missed = 0;
  #timer: { readonly cycle: number; readonly subscription: Subscription } | undefined;
  #early: Subscription | undefined;

  /** @throws LockstepError `INVALID_ARGUMENT` if the period is not a number from 1 to 2,147,483,647. */
  constructor({ period, scheduler, workConserving = false, keepAlive = true }: ClockOptions) {
    if (typeof period !== 'number' || !(period >= SHORTEST_PERIOD && period <= LONGEST_PERIOD))
      throw invalidArgument('period', `a number of milliseconds from ${SHORTEST_PERIOD} to ${LONGEST_PERIOD}`, period);
    this.period = period;
    this.workConserving = workConserving;
    this.#scheduler = scheduler ?? new RealTime({ keepAlive });
    this.start = this.#scheduler.now();
    this.edges = new Observable((subscriber) => {
      const tick = (action: SchedulerAction<unknown>): void => {
        if (this.#edge) subscriber.next(this.#edge);
        if (!subscriber.closed) action.schedule();
      };
      return this.schedule(function () {
        tick(this);
      });
    });
  }

  /** The edge that is running; undefined between edges. */
  get edge(): Edge | undefined {
    return this.#edge;
  }

  /** The number of the cycle in which the clock is: that of the last edge that was due by now. */
  get cycle(): number {
    return this.#edge?.cycle ?? this.#cycleAt(this.#scheduler.now());
  }

  /** The number of the first edge on which work scheduled now would run. */
  get nextCycle(): number {
    return this.#firstCycle(this.now());
  }

  /** How many edges somebody waited for that did not come, because the event loop was busy: a later one stood for them. */
  get missed(): number {
    return this.#missed;
  }

  /** The time, in milliseconds (frames in virtual time); while an edge runs, the time at which it was due. */
  now(): number {
    return this.#edge?.time ?? this.#scheduler.now();
  }

  /** Runs `work` on the first edge that is not before `now() + delay`, never if that is `Infinity`; see `SchedulerLike`. */
  schedule<T>(work: Work<T>, delay = 0, state?: T): Subscription {
    return new ClockAction(work, (action, due) => this.#enter(action, due), this).schedule(state, delay);
  }

  /**
   * Brings the next edge forward to now for all work whose delay has passed, if the clock is work-conserving; does nothing
   * otherwise. The edge runs in a macrotask of its own, so that the event loop stays free.
   */
  bringForward(): void {
    if (!this.workConserving || this.#early) return;
    this.#early = this.#scheduler.schedule(() => {
      this.#early = undefined;
      const time = this.#scheduler.now();
      const ready = this.#agenda.takeIf((action) => action.due <= time + TOLERANCE);
      if (ready.length > 0) this.#run({ cycle: this.#cycleAt(time), time, lateness: 0, early: true }, ready);
      this.#arm();
    }, 0);
  }

  #enter(action: Due, due: number): Subscription {
    const leave = this.#agenda.add(this.#firstCycle(due), action);
    this.#arm();
    return new Subscription(() => {
      leave();
      this.#arm();
    });
  }

  /** Sees to it that the timer runs for the first edge somebody waits for, or not at all. */
  #arm(): void {
    if (this.#edge) return; // armed once, when the edge is over
    const cycle = this.#agenda.first;
    if (cycle === this.#timer?.cycle) return;
    this.#timer?.subscription.unsubscribe();
    this.#timer = undefined;
    if (cycle === undefined) return;
    const delay = Math.max(0, this.#timeOf(cycle) - this.#scheduler.now());
    // A timer that fires before it is due (they may, by less than a millisecond) is set again by `#tick`.
    this.#timer = { cycle, subscription: this.#scheduler.schedule(() => this.#tick(cycle), delay) };
  }

  #tick(cycle: number): void {
    this.#timer = undefined;
    const now = this.#scheduler.now();
    const current = this.#cycleAt(now);
    if (current >= cycle) {
      const time = this.#timeOf(current);
      this.#missed += current - cycle;
      this.#lastCycle = current;
      this.#run({ cycle: current, time, lateness: Math.max(0, now - time), early: false }, this.#agenda.take(current));
    }
    this.#arm();
  }

  /** Runs every action of an edge; what they throw is thrown when all have run, so that none takes another down. */
  #run(edge: Edge, actions: readonly Due[]): void {
    const errors: unknown[] = [];
    this.#edge = edge;
    for (const action of actions) {
      try {
        action.run();
      } catch (error) {
        errors.push(error);
      }
    }
    this.#edge = undefined;
    if (errors.length === 0) return;
    this.#arm();
    throw errors.length === 1 ? errors[0] : new AggregateError(errors, `${errors.length} actions failed on one edge`);
  }

  #cycleAt(time: number): number {
    return Math.floor((time - this.start + TOLERANCE) / this.period);
  }

  /** The first cycle that is not before a time, and whose edge has not run yet. */
  #firstCycle(time: number): number {
    return Math.max(Math.ceil((time - this.start - TOLERANCE) / this.period), this.#lastCycle + 1, 0);
  }

  #timeOf(cycle: number): number {
    return this.start + cycle * this.period;
  }
}

/** Work with the time from which it may run. */
interface Due {
  readonly due: number;
  run(): void;
}

type Enter = (action: Due, due: number) => Subscription;

class ClockAction<T> extends Subscription implements SchedulerAction<T>, Due {
  due = 0;
  readonly #work: Work<T>;
  readonly #enter: Enter;
  readonly #clock: Clock;
  #place: Subscription | undefined;
  #state: T | undefined;

  constructor(work: Work<T>, enter: Enter, clock: Clock) {
    super(() => this.#place?.unsubscribe());
    this.#work = work;
    this.#enter = enter;
    this.#clock = clock;
  }

  schedule(state?: T, delay = 0): Subscription {
    if (this.closed) return this;
    this.#place?.unsubscribe();
    this.#state = state;
    this.due = this.#clock.now() + Math.max(0, delay || 0); // NaN is no delay
    this.#place = this.due < Number.POSITIVE_INFINITY ? this.#enter(this, this.due) : undefined;
    return this;
  }

  run(): void {
    if (this.closed) return;
    this.#place = undefined;
    this.#work.call(this, this.#state);
  }
}
