import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import fc from 'fast-check';
import type { SchedulerAction, Subscription } from 'rxjs';
import { Clock, type Edge } from '../../src/clock/clock.ts';
import { ManualTime } from './manual-time.ts';

/** Cycle numbers of the edges that come, as long as it is not unsubscribed from. */
function cyclesOf(clock: Clock): { readonly seen: Edge[]; readonly subscription: Subscription } {
  const seen: Edge[] = [];
  return { seen, subscription: clock.edges.subscribe((edge) => seen.push(edge)) };
}

/** A generator of numbers in [0, 1) that are the same each time. */
function* randoms(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

describe('Clock and the timers beneath it', () => {
  describe('missed edges', () => {
    it('are counted, not replayed: one edge stands for all that are due', () => {
      const time = new ManualTime();
      const clock = new Clock({ period: 5, scheduler: time });
      const { seen } = cyclesOf(clock);
      time.advance(10);
      expect(seen.map(({ cycle }) => cycle)).to.deep.equal([0, 1, 2]);
      time.block(17); // 27: edges 3, 4 and 5 are due
      expect(seen.slice(3)).to.deep.equal([{ cycle: 5, time: 25, lateness: 2, early: false }]);
      expect(clock.missed).to.equal(2);
      time.advance(3);
      expect(seen.at(-1)).to.deep.equal({ cycle: 6, time: 30, lateness: 0, early: false });
      expect(clock.missed).to.equal(2);
    });

    it('are those that somebody waited for', () => {
      const time = new ManualTime();
      const clock = new Clock({ period: 5, scheduler: time });
      time.block(100);
      expect(clock.missed).to.equal(0);
      clock.schedule(() => {}, 50);
      time.block(61);
      expect(clock.missed).to.equal(2); // 150 was waited for, 160 came
    });

    it('do not keep what waits for a later one', () => {
      const time = new ManualTime();
      const clock = new Clock({ period: 5, scheduler: time });
      const ran: string[] = [];
      clock.schedule(() => ran.push(`a on ${clock.edge?.cycle}`), 5);
      clock.schedule(() => ran.push(`b on ${clock.edge?.cycle}`), 10);
      clock.schedule(() => ran.push(`c on ${clock.edge?.cycle}`), 20);
      time.block(16);
      expect(ran).to.deep.equal(['a on 3', 'b on 3']);
      time.advance(4);
      expect(ran.at(-1)).to.equal('c on 4');
    });

    it('are not waited for again when a timer comes a little early', () => {
      const time = new ManualTime();
      const clock = new Clock({ period: 5, scheduler: time });
      const { seen } = cyclesOf(clock);
      time.advance(0);
      time.runNext(4.4); // as `setTimeout` may
      expect(seen).to.have.length(1);
      time.runNext(5.2);
      expect(seen.at(-1)).to.include({ cycle: 1, time: 5 }).and.to.have.property('lateness').closeTo(0.2, 1e-9);
    });
  });

  it('keeps its edges at start + n × period over 10,000 of them, however late the timers are', () => {
    const period = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.double({ min: 1, max: 50, noNaN: true }));
    const start = fc.constantFrom(0, 1e6, 1.8e12, 1.8e12 + 0.123);
    fc.assert(
      fc.property(period, start, fc.nat(), fc.constantFrom(0.3, 1, 4), (period, start, seed, jitter) => {
        const time = new ManualTime(start);
        const clock = new Clock({ period, scheduler: time });
        const random = randoms(seed);
        let edges = 0;
        let last = -1;
        const subscription = clock.edges.subscribe(check);
        function check({ cycle, time: due, lateness }: Edge): void {
          edges++;
          if (cycle <= last) throw new Error(`cycle ${cycle} after ${last}`);
          last = cycle;
          if (due !== start + cycle * period) throw new Error(`edge ${cycle} at ${due}`);
          if (lateness < 0 || lateness > period + 0.01) throw new Error(`edge ${cycle} is ${lateness} late`);
        }
        while (last < 10_000) {
          const late = random.next().value * jitter * period - Math.min(0.9, period / 4);
          time.runNext(Math.max(time.time, (time.nextDue ?? 0) + late));
        }
        expect(edges + clock.missed).to.equal(last + 1);
        expect(clock.cycle - last).to.be.below(2);
        subscription.unsubscribe();
        expect(time.waiting).to.equal(0);
      }),
      { numRuns: 8 },
    );
  });

  describe('no timer runs while nobody waits', () => {
    it('none is set by a new clock, nor by asking it', () => {
      const time = new ManualTime();
      const clock = new Clock({ period: 5, scheduler: time });
      expect([clock.cycle, clock.nextCycle, clock.now(), clock.missed, clock.edge]).to.deep.equal([
        0,
        0,
        0,
        0,
        undefined,
      ]);
      clock.bringForward();
      expect(time.set).to.equal(0);
    });

    it('one is set for all the work of an edge, and none after it', () => {
      const time = new ManualTime();
      const clock = new Clock({ period: 5, scheduler: time });
      for (let i = 0; i < 100; i++) clock.schedule(() => {}, 7);
      expect(time).to.include({ set: 1, waiting: 1 });
      time.advance(100);
      expect(time).to.include({ set: 1, cancelled: 0, waiting: 0 });
    });

    it('it is set anew for work that is due before, or when that for which it was set is unsubscribed from', () => {
      const time = new ManualTime();
      const clock = new Clock({ period: 5, scheduler: time });
      const late = clock.schedule(() => {}, 20);
      const soon = clock.schedule(() => {}, 10);
      expect(time).to.include({ nextDue: 10, waiting: 1 });
      soon.unsubscribe();
      expect(time).to.include({ nextDue: 20, waiting: 1 });
      late.unsubscribe();
      expect(time).to.include({ waiting: 0 });
    });

    it('it stops with the last subscriber of edges', () => {
      const time = new ManualTime();
      const clock = new Clock({ period: 5, scheduler: time });
      const [one, two] = [cyclesOf(clock), cyclesOf(clock)];
      expect(time.waiting).to.equal(1);
      one.subscription.unsubscribe();
      time.advance(12);
      expect(time.waiting).to.equal(1);
      expect([one.seen.length, two.seen.length]).to.deep.equal([0, 3]);
      two.subscription.unsubscribe();
      expect(time.waiting).to.equal(0);
    });

    it('it stops when an edge unsubscribes from itself', () => {
      const time = new ManualTime();
      const clock = new Clock({ period: 5, scheduler: time });
      const seen: number[] = [];
      const subscription = clock.edges.subscribe(({ cycle }) => {
        seen.push(cycle);
        if (cycle === 1) subscription.unsubscribe();
      });
      time.advance(50);
      expect(seen).to.deep.equal([0, 1]);
      expect(time.waiting).to.equal(0);
    });
  });

  describe('an action that throws', () => {
    it('takes no other down: its error is thrown after the edge, and later edges go on', () => {
      const time = new ManualTime();
      const clock = new Clock({ period: 5, scheduler: time });
      const ran: string[] = [];
      const failure = new Error('failed');
      clock.schedule(() => ran.push('before'));
      clock.schedule(() => {
        throw failure;
      });
      clock.schedule(function (this: SchedulerAction<unknown>) {
        ran.push(`after, on ${clock.edge?.cycle}`);
        if (clock.cycle < 2) this.schedule();
      });
      expect(() => time.advance(0)).to.throw(failure);
      expect(clock.edge).to.equal(undefined);
      expect(ran).to.deep.equal(['before', 'after, on 0']);
      time.advance(20);
      expect(ran.slice(2)).to.deep.equal(['after, on 1', 'after, on 2']);
      expect(time.waiting).to.equal(0);
    });

    it('is told with the others if several do', () => {
      const time = new ManualTime();
      const clock = new Clock({ period: 5, scheduler: time });
      const errors = [new Error('one'), new Error('two')];
      for (const error of errors)
        clock.schedule(() => {
          throw error;
        });
      expect(() => time.advance(0))
        .to.throw(AggregateError, '2 actions failed on one edge')
        .with.property('errors')
        .deep.equal(errors);
    });

    it('takes no other down on an edge that was brought forward', () => {
      const time = new ManualTime();
      const clock = new Clock({ period: 5, scheduler: time, workConserving: true });
      const ran: string[] = [];
      time.advance(1);
      clock.schedule(() => {
        throw new Error('failed');
      });
      clock.schedule(() => ran.push('early'));
      clock.schedule(() => ran.push('later'), 4);
      clock.bringForward();
      expect(() => time.advance(0)).to.throw('failed');
      time.advance(4);
      expect(ran).to.deep.equal(['early', 'later']);
    });
  });

  describe('bringForward', () => {
    const early = (
      workConserving: boolean,
    ): { time: ManualTime; clock: Clock; ran: string[]; log: (what: string) => () => void } => {
      const time = new ManualTime();
      const clock = new Clock({ period: 5, scheduler: time, workConserving });
      const ran: string[] = [];
      const log = (what: string) => (): void => {
        ran.push(`${time.time} ${what}${clock.edge?.early ? ' early' : ''} in ${clock.cycle}`);
      };
      time.advance(6);
      return { time, clock, ran, log };
    };

    it('runs what is ready now, and what is delayed when it is due', () => {
      const { time, clock, ran, log } = early(true);
      clock.schedule(log('ready'));
      clock.schedule(log('in 3'), 3);
      clock.schedule(log('in 9'), 9);
      clock.bringForward();
      expect(ran).to.deep.equal([]); // not from within the call
      time.advance(0);
      expect(ran).to.deep.equal(['6 ready early in 1']);
      time.advance(20);
      expect(ran.slice(1)).to.deep.equal(['10 in 3 in 2', '15 in 9 in 3']);
    });

    it('runs what was scheduled after it as well, once it comes', () => {
      const { time, clock, ran, log } = early(true);
      clock.bringForward();
      clock.schedule(log('ready'));
      time.advance(0);
      expect(ran).to.deep.equal(['6 ready early in 1']);
      expect(time.waiting).to.equal(0);
    });

    it('moves no regular edge, and none runs twice', () => {
      const { time, clock } = early(true);
      const { seen, subscription } = cyclesOf(clock);
      clock.bringForward();
      clock.bringForward();
      time.advance(8);
      clock.bringForward();
      time.advance(2);
      expect(seen).to.deep.equal([
        { cycle: 1, time: 6, lateness: 0, early: true },
        { cycle: 2, time: 10, lateness: 0, early: false },
        { cycle: 2, time: 14, lateness: 0, early: true },
        { cycle: 3, time: 15, lateness: 0, early: false },
      ]);
      expect(clock.missed).to.equal(0);
      subscription.unsubscribe();
      expect(time.waiting).to.equal(0);
    });

    it('does nothing if nothing is ready', () => {
      const { time, clock, ran, log } = early(true);
      clock.schedule(log('in 2'), 2);
      clock.bringForward();
      time.advance(10);
      expect(ran).to.deep.equal(['10 in 2 in 2']);
    });

    it('does nothing on a strict clock', () => {
      const { time, clock, ran, log } = early(false);
      clock.schedule(log('ready'));
      const { set } = time;
      clock.bringForward();
      expect(time.set).to.equal(set);
      time.advance(10);
      expect(ran).to.deep.equal(['10 ready in 2']);
    });

    it('lets an edge be brought forward from within one', () => {
      const { time, clock, ran, log } = early(true);
      clock.schedule(() => {
        log('first')();
        clock.schedule(log('second'));
        clock.bringForward();
      });
      clock.bringForward();
      time.advance(1);
      expect(ran).to.deep.equal(['6 first early in 1', '6 second early in 1']);
    });
  });

  it('keeps the process alive until the edge, or does not, as told', function () {
    this.timeout(20_000);
    const run = (options: string) => {
      const code = `import { Clock } from './src/clock/clock.ts';
        const clock = new Clock(${options});
        clock.schedule(() => console.log('edge'), 1);
        process.on('exit', () => console.log('exit'));`;
      const node = ['--import', 'tsx', '--input-type=module', '--eval', code];
      return spawnSync(process.execPath, node, { encoding: 'utf8', timeout: 15_000 });
    };
    const waiting = run('{ period: 2 }');
    expect(waiting).to.include({ status: 0, stdout: 'edge\nexit\n' });
    const leaving = run('{ period: 60_000, keepAlive: false }');
    expect(leaving).to.include({ status: 0, stdout: 'exit\n' });
  });
});
