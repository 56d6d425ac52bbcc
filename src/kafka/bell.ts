import type { SchedulerLike } from 'rxjs';

/** Wakes those who wait for something to change. */
export class Bell {
  readonly #scheduler: SchedulerLike;
  readonly #waiting = new Set<() => void>();

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  ring(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Until the bell rings, or for some milliseconds at most. */
  wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        timer.unsubscribe();
        resolve();
      };
      const timer = this.#scheduler.schedule(wake, milliseconds);
      this.#waiting.add(wake);
    });
  }
}
