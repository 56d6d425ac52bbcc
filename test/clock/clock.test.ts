import { expect } from 'chai';
import {
  asyncScheduler,
  concatMap,
  delay,
  interval,
  map,
  observeOn,
  of,
  type SchedulerLike,
  take,
  throwError,
  timeout,
  timer,
} from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import { Clock, type ClockOptions } from '../../src/clock/clock.ts';
import { LockstepError } from '../../src/errors.ts';
import { marbles } from '../support/marbles.ts';

const clockOf = (scheduler: SchedulerLike, period = 5, options: Partial<ClockOptions> = {}): Clock =>
  new Clock({ ...options, period, scheduler });

/** Runs `test` in virtual time, and gives what it logged with the frames at which it did. */
function logged(test: (log: (what: string) => void, scheduler: TestScheduler) => void): string[] {
  const entries: string[] = [];
  marbles(({ scheduler }) => test((what) => entries.push(`${scheduler.now()} ${what}`), scheduler));
  return entries;
}

describe('Clock', () => {
  describe('as a scheduler, in virtual time', () => {
    it('runs work on the first edge that is not before its delay, edge 0 being at the start', () => {
      const ran = logged((log, scheduler) => {
        const clock = clockOf(scheduler);
        for (const wait of [0, 1, 4, 5, 6, 10, 11]) clock.schedule(() => log(`after ${wait}`), wait);
      });
      expect(ran).to.deep.equal([
        '0 after 0',
        '5 after 1',
        '5 after 4',
        '5 after 5',
        '10 after 6',
        '10 after 10',
        '15 after 11',
      ]);
    });

    it('has its edges at multiples of the period from its own start', () => {
      marbles(({ cold, scheduler, expectObservable }) => {
        const started = timer(3, scheduler).pipe(
          map(() => clockOf(scheduler)),
          concatMap((clock) => cold('-a--b-|').pipe(observeOn(clock))),
        );
        expectObservable(started).toBe('--------(ab)-|'); // edges at 3, 8, 13; a at 4, b at 7, the end at 9
      });
    });

    it('takes a delay that is negative or NaN for none, and never runs what is delayed for ever', () => {
      const ran = logged((log, scheduler) => {
        const clock = clockOf(scheduler);
        for (const wait of [Number.NaN, -7, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])
          clock.schedule(() => log(String(wait)), wait);
      });
      expect(ran).to.deep.equal(['0 NaN', '0 -7', '0 -Infinity']);
    });

    it('hands the state to the work, which may schedule itself again', () => {
      const ran = logged((log, scheduler) => {
        clockOf(scheduler).schedule<number>(
          function (state = 0) {
            log(String(state));
            if (state < 3) this.schedule(state + 1, state * 5);
          },
          2,
          1,
        );
      });
      expect(ran).to.deep.equal(['5 1', '10 2', '20 3']);
    });

    it('works under observeOn', () => {
      marbles(({ hot, scheduler, expectObservable, expectSubscriptions }) => {
        const source = hot('  --a---b-c---|');
        const expected = '    -----a----(bc)-|';
        const subscription = '^-----------!';
        expectObservable(source.pipe(observeOn(clockOf(scheduler)))).toBe(expected);
        expectSubscriptions(source.subscriptions).toBe(subscription);
      });
    });

    it('works under delay', () => {
      marbles(({ hot, scheduler, expectObservable }) => {
        const source = hot('--a---b-----|');
        const expected = ' -----a----b-|'; // due at 5 and 9
        expectObservable(source.pipe(delay(3, clockOf(scheduler)))).toBe(expected);
      });
    });

    it('works under timer and interval', () => {
      marbles(({ scheduler, expectObservable }) => {
        const clock = clockOf(scheduler);
        expectObservable(timer(7, clock)).toBe('      ----------(a|)', { a: 0 });
        expectObservable(timer(7, 5, clock).pipe(take(3))).toBe('----------a----b----(c|)', { a: 0, b: 1, c: 2 });
        expectObservable(interval(3, clock).pipe(take(3))).toBe('-----a----b----(c|)', { a: 0, b: 1, c: 2 });
        expectObservable(interval(6, clock).pipe(take(2))).toBe('----------a---------(b|)', { a: 0, b: 1 });
      });
    });

    it('works under timeout', () => {
      marbles(({ hot, scheduler, expectObservable, expectSubscriptions }) => {
        const source = hot('  --a----------------b');
        const expected = '    --a------------#';
        const subscription = '^--------------!'; // 12 after a is 14, which is over on the edge at 15
        const each = { each: 12, scheduler: clockOf(scheduler), with: () => throwError(() => 'error') };
        expectObservable(source.pipe(timeout(each))).toBe(expected);
        expectSubscriptions(source.subscriptions).toBe(subscription);
      });
    });

    it('runs what is scheduled on the frame of an edge on that edge, if it has not run yet', () => {
      const ran = logged((log, scheduler) => {
        const clock = clockOf(scheduler);
        scheduler.schedule(() => clock.schedule(() => log('before')), 5);
        clock.schedule(() => log('the edge'), 5);
        scheduler.schedule(() => clock.schedule(() => log('after')), 5);
      });
      expect(ran).to.deep.equal(['5 the edge', '5 before', '10 after']);
    });

    it('runs work that is scheduled while an edge runs on a later edge', () => {
      const ran = logged((log, scheduler) => {
        const clock = clockOf(scheduler);
        clock.schedule(() => {
          log('first');
          clock.schedule(() => log('at once'));
          clock.schedule(() => log('in 5'), 5);
          clock.schedule(() => log('in 6'), 6);
        });
        clock.schedule(() => log('second'));
      });
      expect(ran).to.deep.equal(['0 first', '0 second', '5 at once', '5 in 5', '10 in 6']);
    });

    it('tells the edge, the cycle and the time', () => {
      const told = logged((log, scheduler) => {
        const clock = clockOf(scheduler);
        const tell = (): void =>
          log(`cycle ${clock.cycle}, next ${clock.nextCycle}, now ${clock.now()}, edge ${clock.edge?.cycle}`);
        scheduler.schedule(tell, 3);
        scheduler.schedule(tell, 7);
        clock.schedule(tell, 10);
      });
      expect(told).to.deep.equal([
        '3 cycle 0, next 1, now 3, edge undefined',
        '7 cycle 1, next 2, now 7, edge undefined',
        '10 cycle 2, next 3, now 10, edge 2',
      ]);
    });

    it('has fractional periods', () => {
      const ran = logged((log, scheduler) => {
        const clock = clockOf(scheduler, 2.5);
        for (const wait of [1, 3, 5]) clock.schedule(() => log(String(clock.edge?.cycle)), wait);
      });
      expect(ran).to.deep.equal(['2.5 1', '5 2', '5 2']);
    });

    it('runs nothing that was unsubscribed from, in an edge or outside', () => {
      const ran = logged((log, scheduler) => {
        const clock = clockOf(scheduler);
        const outside = clock.schedule(() => log('never'), 5);
        scheduler.schedule(() => outside.unsubscribe(), 3);
        const later = clock.schedule(() => log('never'), 10);
        clock.schedule(() => {
          log('a');
          sameEdge.unsubscribe();
          later.unsubscribe();
        }, 5);
        const sameEdge = clock.schedule(() => log('never'), 5);
        const itself = clock.schedule(function () {
          log('b');
          itself.unsubscribe();
          this.schedule();
        }, 5);
      });
      expect(ran).to.deep.equal(['5 a', '5 b']);
    });

    it('schedules an action anew in place of what it waited for', () => {
      const ran = logged((log, scheduler) => {
        const clock = clockOf(scheduler);
        let again = (): void => {};
        const action = clock.schedule<string>(
          function (state = '') {
            again = () => this.schedule('again', 5);
            log(state);
            this.schedule('first choice', 20);
          },
          0,
          'start',
        );
        scheduler.schedule(() => again(), 2);
        scheduler.schedule(() => action.unsubscribe(), 12);
      });
      expect(ran).to.deep.equal(['0 start', '10 again']);
    });
  });

  describe('edges', () => {
    it('gives numbers and times, from the next edge on', () => {
      marbles(({ scheduler, expectObservable, hot }) => {
        const { edges } = clockOf(scheduler);
        const edge = (cycle: number) => ({ cycle, time: cycle * 5, lateness: 0, early: false });
        expectObservable(edges.pipe(take(3))).toBe('a----b----(c|)', { a: edge(0), b: edge(1), c: edge(2) });
        const later = hot('-------x').pipe(concatMap(() => edges.pipe(take(2))));
        expectObservable(later).toBe('----------c----d', { c: edge(2), d: edge(3) });
      });
    });

    it('stops when nobody is subscribed, and starts again', () => {
      marbles(({ scheduler, expectObservable }) => {
        const cycles = clockOf(scheduler).edges.pipe(map(({ cycle }) => String(cycle)));
        expectObservable(cycles, '--^-------!---').toBe('-----1-----');
        expectObservable(cycles, '--^--------!--').toBe('-----1----2');
        expectObservable(cycles, '-----------------^--!').toBe('--------------------');
      });
    });
  });

  it('works on a scheduler of RxJS', async () => {
    const clock = new Clock({ period: 1, scheduler: asyncScheduler });
    const value = await new Promise((resolve) => of('a').pipe(observeOn(clock)).subscribe(resolve));
    expect(value).to.equal('a');
  });

  it('refuses a period that is no number from 1 to 2,147,483,647', () => {
    const wrong = [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, 'x', '5', null, undefined, [5], 5n];
    for (const period of wrong)
      expect(() => Reflect.construct(Clock, [{ period }]), String(period))
        .to.throw(LockstepError, 'Expected `period` to be a number')
        .with.property('code', 'INVALID_ARGUMENT');
    for (const period of [1, 2.5, 2 ** 31 - 1]) expect(new Clock({ period }).period).to.equal(period);
  });
});
