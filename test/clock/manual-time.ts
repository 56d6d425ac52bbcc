import { type SchedulerAction, type SchedulerLike, Subscription } from 'rxjs';

type Work<T> = (this: SchedulerAction<T>, state?: T) => void;

interface Timer {
  readonly due: number;
  readonly run: () => void;
}

/** A scheduler whose time a test moves by hand: its timers may come early, late, or all at once. */
export class ManualTime implements SchedulerLike {
  time: number;
  /** How many timers were ever set, and how many of them were cancelled before they ran. */
  set = 0;
  cancelled = 0;
  #pending: Timer[] = [];

  constructor(time = 0) {
    this.time = time;
  }

  /** How many timers run now. */
  get waiting(): number {
    return this.#pending.length;
  }

  now(): number {
    return this.time;
  }

  schedule<T>(work: Work<T>, delay = 0, state?: T): Subscription {
    const enter = (due: number, run: () => void): (() => void) => this.#enter(due, run);
    return new ManualAction(work, (wait, run) => enter(this.time + wait, run)).schedule(state, delay);
  }

  /** Lets time pass, timers running when they are due. */
  advance(by: number): void {
    const end = this.time + by;
    while (this.#first && this.#first.due <= end) this.runNext(Math.max(this.time, this.#first.due));
    this.time = end;
  }

  /** Lets time pass with the event loop blocked: what was due meanwhile runs afterwards. */
  block(by: number): void {
    this.time += by;
    while (this.#first && this.#first.due <= this.time) this.runNext(this.time);
  }

  /** Runs the next timer at that time, be it early or late. */
  runNext(time: number): void {
    const next = this.#first;
    if (!next) throw new Error('no timer is set');
    this.#pending = this.#pending.filter((timer) => timer !== next);
    this.time = time;
    next.run();
  }

  /** When the next timer is due. */
  get nextDue(): number | undefined {
    return this.#first?.due;
  }

  get #first(): Timer | undefined {
    return this.#pending.reduce<Timer | undefined>((a, b) => (a === undefined || b.due < a.due ? b : a), undefined);
  }

  #enter(due: number, run: () => void): () => void {
    const timer = { due, run };
    this.set++;
    this.#pending.push(timer);
    return () => {
      if (!this.#pending.includes(timer)) return;
      this.cancelled++;
      this.#pending = this.#pending.filter((other) => other !== timer);
    };
  }
}

class ManualAction<T> extends Subscription implements SchedulerAction<T> {
  readonly #work: Work<T>;
  readonly #enter: (wait: number, run: () => void) => () => void;
  #cancel: (() => void) | undefined;

  constructor(work: Work<T>, enter: (wait: number, run: () => void) => () => void) {
    super(() => this.#cancel?.());
    this.#work = work;
    this.#enter = enter;
  }

  schedule(state?: T, delay = 0): Subscription {
    if (this.closed) return this;
    this.#cancel?.();
    this.#cancel = this.#enter(delay, () => this.#work.call(this, state));
    return this;
  }
}
