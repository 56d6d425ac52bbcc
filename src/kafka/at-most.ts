import type { SchedulerLike } from 'rxjs';

/**
 * Waits until a promise is settled, but for some milliseconds at most. Never rejects.
 *
 * @returns whether it was settled
 */
export function atMost(milliseconds: number, pending: Promise<unknown>, scheduler: SchedulerLike): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = scheduler.schedule(() => resolve(false), milliseconds);
    const settled = (): void => {
      timer.unsubscribe();
      resolve(true);
    };
    pending.then(settled, settled);
  });
}
