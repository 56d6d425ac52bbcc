import { type SchedulerAction, type SchedulerLike, Subscription } from 'rxjs';

type Work<T> = (this: SchedulerAction<T>, state?: T) => void;

/** `setTimeout` keeps its delay in a signed 32-bit integer; a longer wait is cut, and whoever waits looks again. */
const LONGEST_DELAY = 2 ** 31 - 1;

/**
 * A scheduler on real timers, in milliseconds, with a clock that is monotonic and finer than a millisecond. RxJS'
 * `asyncScheduler` reads `Date.now()`, which jumps when the system's time is set, and its shortest delay is that of
 * `setInterval(0)`, above a millisecond; here a delay of 0 is a `setImmediate`.
 */
export class RealTime implements SchedulerLike {
  readonly #keepAlive: boolean;

  /** @param options.keepAlive whether a pending timer keeps the Node process alive; default true */
  constructor({ keepAlive = true }: { readonly keepAlive?: boolean } = {}) {
    this.#keepAlive = keepAlive;
  }

  now(): number {
    return performance.timeOrigin + performance.now();
  }

  schedule<T>(work: Work<T>, delay = 0, state?: T): Subscription {
    return new TimerAction(work, this.#keepAlive).schedule(state, delay);
  }
}

class TimerAction<T> extends Subscription implements SchedulerAction<T> {
  readonly #work: Work<T>;
  readonly #keepAlive: boolean;
  #cancel: (() => void) | undefined;

  constructor(work: Work<T>, keepAlive: boolean) {
    super(() => this.#cancel?.());
    this.#work = work;
    this.#keepAlive = keepAlive;
  }

  schedule(state?: T, delay = 0): Subscription {
    if (this.closed) return this;
    this.#cancel?.();
    const run = (): void => {
      this.#cancel = undefined;
      this.#work.call(this, state);
    };
    if (delay > 0) {
      const timer = setTimeout(run, Math.min(Math.ceil(delay), LONGEST_DELAY));
      if (!this.#keepAlive) timer.unref();
      this.#cancel = () => clearTimeout(timer);
    } else {
      const immediate = setImmediate(run);
      if (!this.#keepAlive) immediate.unref();
      this.#cancel = () => clearImmediate(immediate);
    }
    return this;
  }
}
