import { expect } from 'chai';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';

/** RxJS' helpers, and the scheduler that they belong to. */
export interface Marbles extends RunHelpers {
  readonly scheduler: TestScheduler;
}

/** Runs a marble test: one frame is one millisecond of virtual time. */
export function marbles(test: (helpers: Marbles) => void): void {
  const scheduler = new TestScheduler((actual, expected) => {
    expect(actual).to.deep.equal(expected);
  });
  scheduler.run((helpers) => test({ ...helpers, scheduler }));
}
