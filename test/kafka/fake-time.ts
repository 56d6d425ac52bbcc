import { ManualTime } from '../clock/manual-time.ts';

/** Time that a test moves by hand, and in which promises have their turn. */
export class FakeTime extends ManualTime {
  /** Lets time pass; after each timer, all that waits for promises goes on. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    await turn();
    for (let due = this.nextDue; due !== undefined && due <= end; due = this.nextDue) {
      this.runNext(Math.max(this.time, due));
      await turn();
    }
    this.time = end;
  }

  wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => void this.schedule(() => resolve(), milliseconds));
  }
}

/** Everything that waits for promises only has its turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
