import { expect } from 'chai';
import type { SchedulerAction } from 'rxjs';
import { RealTime } from '../../src/clock/real-time.ts';

describe('RealTime', () => {
  it('tells a time in milliseconds since 1970 that never goes back', () => {
    const time = new RealTime();
    const first = time.now();
    expect(first).to.be.closeTo(Date.now(), 60_000);
    for (let i = 0; i < 1000; i++) expect(time.now()).to.be.at.least(first);
  });

  it('runs work after its delay, work without one first, each with its state', async () => {
    const time = new RealTime();
    const ran: unknown[] = [];
    await new Promise<void>((resolve) => {
      time.schedule(
        (state) => {
          ran.push(state);
          resolve();
        },
        2,
        'in 2',
      );
      time.schedule((state) => ran.push(state), 0, 'at once');
      time.schedule((state) => ran.push(state), -5, 'as well');
    });
    expect(ran).to.deep.equal(['at once', 'as well', 'in 2']);
  });

  it('lets work schedule itself again', async () => {
    const ran: number[] = [];
    await new Promise<void>((resolve) => {
      new RealTime().schedule(
        function (this: SchedulerAction<number>, state = 0) {
          ran.push(state);
          if (state < 3) this.schedule(state + 1, state);
          else resolve();
        },
        1,
        0,
      );
    });
    expect(ran).to.deep.equal([0, 1, 2, 3]);
  });

  it('does not run what was unsubscribed from', async () => {
    const time = new RealTime({ keepAlive: false });
    for (const delay of [0, 1]) time.schedule(() => expect.fail('it ran'), delay).unsubscribe();
    const action = time.schedule(() => expect.fail('it ran'), 0);
    action.unsubscribe();
    await new Promise<void>((resolve) => new RealTime().schedule(() => resolve(), 3));
  });

  it('cuts a wait that timers cannot keep, instead of waiting no time at all', async () => {
    const action = new RealTime({ keepAlive: false }).schedule(() => expect.fail('it ran'), 2 ** 40);
    await new Promise<void>((resolve) => new RealTime().schedule(() => resolve(), 3));
    action.unsubscribe();
  });
});
