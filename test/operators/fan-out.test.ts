import { expect } from 'chai';
import { delay, map, mergeMap, Observable, type OperatorFunction, of, take, tap } from 'rxjs';
import { Clock, deadLetter, type FanOutOptions, fanOut, type Issue, subtask } from '../../operators/index.ts';
import type { Document } from '../../src/document/document.ts';
import { LockstepError } from '../../src/errors.ts';
import { collect } from '../support/collect.ts';
import { type Marbles, marbles } from '../support/marbles.ts';
import { clockIn, documentsOf, sure, textsOf } from '../support/pipeline.ts';

/** Letters in, the letters of each issue out. */
function batches(
  { scheduler }: Pick<Marbles, 'scheduler'>,
  options: Partial<FanOutOptions> = {},
): OperatorFunction<string, string> {
  return (source) =>
    documentsOf(source).pipe(fanOut(sure('tech'), { clock: clockIn({ scheduler }), ...options }), map(textsOf));
}

/** The same, each batch retiring at once, or after `frames`. */
function retiring(
  { scheduler }: Marbles,
  options: Partial<FanOutOptions> = {},
  frames = 0,
): OperatorFunction<string, string> {
  const clock = clockIn({ scheduler });
  const retire = mergeMap((issue: Issue) => {
    if (frames === 0) issue.retire();
    else scheduler.schedule(() => issue.retire(), frames);
    return of(textsOf(issue));
  });
  return (source) => documentsOf(source).pipe(fanOut(sure('tech'), { clock, ...options }), retire);
}

describe('fanOut', () => {
  for (const [what, marble, expected, subscription] of [
    ['never ends if its source does not', '       -', '       -', '       ^'],
    ['is empty if its source is, at once', '      |', '       |', '       (^!)'],
    ['is empty if its source is', '               ---|', '    ---|', '    ^--!'],
    ['issues one on the next edge', '             --a----|', ' -----a-|', ' ^------!'],
    ['issues one that came with the end', '       --(a|)', '  -----(a|)', '^-!'],
    ['issues what came before the end', '         --a--|', '  -----(a|)', '^----!'],
    ['passes an error, at once', '                #', '       #', '       (^!)'],
    ['passes an error at once, and forgets what waits', '-a-b--#', ' -----x#', ' ^-----!'],
    ['issues nothing that waits when the source fails', '-a-#', '---#', '    ^--!'],
    ['stays subscribed to a source that does not end', ' -a-b--', ' -----x-', '^'],
  ] as const)
    it(what, () => {
      marbles((helpers) => {
        const source = helpers.cold(marble);
        helpers.expectObservable(source.pipe(batches(helpers))).toBe(expected, { a: 'a', x: 'ab' });
        helpers.expectSubscriptions(source.subscriptions).toBe(subscription.trim());
      });
    });

  it('issues what waits on an edge, in the order in which it came', () => {
    marbles((helpers) => {
      const source = helpers.hot('-a-b----c-----(def)--|');
      const expected = '           -----x----y----z-----|';
      helpers.expectObservable(source.pipe(retiring(helpers))).toBe(expected, { x: 'ab', y: 'c', z: 'def' });
    });
  });

  it('leaves its source when it is unsubscribed from', () => {
    marbles((helpers) => {
      const source = helpers.hot('-a-b----c-d----e--|');
      const unsubscribe = '        -----------!';
      const expected = '           -----x----y--';
      const subscription = '       ^----------!';
      helpers.expectObservable(source.pipe(batches(helpers)), unsubscribe).toBe(expected, { x: 'ab', y: 'cd' });
      helpers.expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it('does not break the chain when it is unsubscribed from', () => {
    marbles((helpers) => {
      const source = helpers.hot('-a-b----c-d----e--|');
      const unsubscribe = '        -----------!';
      const expected = '           -----x----y--';
      const subscription = '       ^----------!';
      const result = source.pipe(
        mergeMap((letter) => of(letter)),
        batches(helpers),
        mergeMap((letters) => of(letters)),
      );
      helpers.expectObservable(result, unsubscribe).toBe(expected, { x: 'ab', y: 'cd' });
      helpers.expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it('starts anew for each subscriber', () => {
    marbles((helpers) => {
      const result = helpers.cold('-a|').pipe(batches(helpers));
      helpers.expectObservable(result).toBe('           -----(a|)');
      helpers.expectObservable(result, '-------^').toBe('----------(a|)');
    });
  });

  it('waits for no edge any more once it was unsubscribed from, be it from within an issue', () => {
    marbles((helpers) => {
      const { scheduler } = helpers;
      let issues = 0;
      const clock = clockIn(helpers);
      const observe = (): void => void issues++;
      const result = documentsOf(of('a', 'b', 'c')).pipe(
        fanOut(sure('tech'), { clock, maxBatch: 1, observe }),
        take(1),
      );
      helpers.expectObservable(result.pipe(map(textsOf))).toBe('(a|)');
      scheduler.schedule(() => expect(issues).to.equal(1), 50);
      scheduler.schedule(() => expect(scheduler.actions.length, 'pending actions').to.equal(0), 60);
    });
  });

  describe('issues', () => {
    it('tell the batch, the cycle, the clock and the lanes', () => {
      marbles((helpers) => {
        const clock = clockIn(helpers);
        const issues: Issue[] = [];
        const subtasks = [
          ...sure('tech'),
          subtask<Document>('both', ['tech', 'sport'], (batch) => batch.flatMap(() => [1, 0])),
        ];
        const result = documentsOf(helpers.hot('-a-b---c-|')).pipe(fanOut(subtasks, { clock }));
        helpers
          .expectObservable(
            result.pipe(
              tap((issue) => issues.push(issue)),
              map(textsOf),
            ),
          )
          .toBe('-----x----(c|)', {
            x: 'ab',
            c: 'c',
          });
        helpers.flush();
        expect(issues.map(({ batch, cycle }) => ({ batch, cycle }))).to.deep.equal([
          { batch: 0, cycle: 1 },
          { batch: 1, cycle: 2 },
        ]);
        expect(issues[0]?.clock).to.equal(clock);
        expect(issues[0]?.lanes.map(({ name, labels }) => ({ name, labels }))).to.deep.equal([
          { name: 'tech', labels: ['tech'] },
          { name: 'both', labels: ['tech', 'sport'] },
        ]);
        const answers = issues[0]?.lanes.map(({ scores }) => collect(scores));
        expect(answers?.map(({ values, end }) => ({ values, end }))).to.deep.equal([
          { values: [Float32Array.of(0.9, 0.9)], end: 'complete' },
          { values: [Float32Array.of(1, 0, 1, 0)], end: 'complete' },
        ]);
      });
    });

    it('run a subtask when its lane is subscribed to, not before', () => {
      let calls = 0;
      marbles((helpers) => {
        const counting = subtask<Document>('tech', ['tech'], () => {
          calls++;
          return [1];
        });
        const result = documentsOf(helpers.cold('a|')).pipe(fanOut([counting], { clock: clockIn(helpers) }));
        helpers.expectObservable(result.pipe(map(textsOf))).toBe('a|');
      });
      expect(calls).to.equal(0);
    });
  });

  describe('maxBatch', () => {
    it('bounds an issue; what is left goes on the next edge', () => {
      marbles((helpers) => {
        const source = helpers.hot('-(abcde)---|');
        const expected = '           -----x----y----(z|)';
        const values = { x: 'ab', y: 'cd', z: 'e' };
        helpers.expectObservable(source.pipe(retiring(helpers, { maxBatch: 2 }))).toBe(expected, values);
      });
    });

    it('is 64 by default', () => {
      marbles((helpers) => {
        const sizes = documentsOf(of(...'x'.repeat(100))).pipe(
          fanOut(sure('tech'), { clock: clockIn(helpers) }),
          map(({ documents }) => documents.length),
        );
        helpers.expectObservable(sizes).toBe('a----(b|)', { a: 64, b: 36 });
      });
    });
  });

  describe('depth', () => {
    it('bounds the batches in flight: the next is issued once one retires', () => {
      marbles((helpers) => {
        const source = helpers.hot('-a----b----c----------|');
        const one = '               -----a---------x------|';
        const two = '               -----a----b----c------|';
        helpers.expectObservable(source.pipe(retiring(helpers, { depth: 1 }, 8))).toBe(one, { a: 'a', x: 'bc' });
        helpers.expectObservable(source.pipe(retiring(helpers, { depth: 2 }, 8))).toBe(two);
      });
    });

    it('is 2 by default', () => {
      marbles((helpers) => {
        const source = helpers.hot('-a----b----c---|');
        const unsubscribe = '        ----------------------!';
        const expected = '           -----a----b------------';
        helpers.expectObservable(source.pipe(batches(helpers)), unsubscribe).toBe(expected);
      });
    });

    it('is given back once for an issue that is retired twice', () => {
      marbles((helpers) => {
        const clock = clockIn(helpers);
        const result = documentsOf(helpers.hot('(abcd)')).pipe(
          fanOut(sure('tech'), { clock, depth: 1, maxBatch: 1 }),
          tap(({ batch, retire }) => {
            if (batch > 0) return;
            retire();
            retire();
          }),
        );
        const unsubscribe = '-----------------------!';
        helpers.expectObservable(result.pipe(map(textsOf)), unsubscribe).toBe('a----b-----------------');
      });
    });
  });

  describe('maxDelay', () => {
    it('passes documents over to wait for a fuller batch, counted from the first edge on which the oldest could go', () => {
      marbles((helpers) => {
        const source = helpers.hot('-a---b----------c-------|');
        const expected = '           ---------------x---------(c|)'; // a may wait from 5 to 15; c comes at 16, the end is at 24
        helpers.expectObservable(source.pipe(retiring(helpers, { maxDelay: 2 }))).toBe(expected, { x: 'ab', c: 'c' });
      });
    });

    it('keeps no full batch waiting, nor the last one', () => {
      marbles((helpers) => {
        const source = helpers.hot('-a-b---c--|');
        const expected = '           -----x----(c|)';
        const options = { maxDelay: 9, maxBatch: 2 };
        helpers.expectObservable(source.pipe(retiring(helpers, options))).toBe(expected, { x: 'ab', c: 'c' });
      });
    });

    it('is counted anew for what a full batch left', () => {
      marbles((helpers) => {
        const source = helpers.hot('-(abc)------------------------');
        const expected = '           -----x---------c';
        const options = { maxDelay: 2, maxBatch: 2 };
        helpers.expectObservable(source.pipe(retiring(helpers, options))).toBe(expected, { x: 'ab', c: 'c' });
      });
    });
  });

  describe('maxWaiting', () => {
    it('errors with `OVERFLOW` when one more comes, and reads no further', () => {
      const read: string[] = [];
      const source = new Observable<Document>((subscriber) => {
        for (const text of 'abcde') {
          if (subscriber.closed) return;
          read.push(text);
          subscriber.next({ text });
        }
      });
      const { error } = collect(source.pipe(fanOut(sure('tech'), { clock: new Clock({ period: 5 }), maxWaiting: 2 })));
      expect(error).to.be.instanceOf(LockstepError).with.property('code', 'OVERFLOW');
      expect(read).to.deep.equal(['a', 'b', 'c']);
    });

    it('makes dead letters of those that come while too many wait', () => {
      const letters: string[] = [];
      marbles((helpers) => {
        const handle = deadLetter<Document>(
          ({ document, reason }) => void letters.push(`${document.text} ${reason.code}`),
        );
        const clock = clockIn(helpers);
        const issues = documentsOf(helpers.hot('-(abcd)--e-|')).pipe(
          handle,
          fanOut(sure('tech'), { clock, maxWaiting: 2 }),
        );
        helpers.expectObservable(issues.pipe(map(textsOf))).toBe('-----x----e|', { x: 'ab', e: 'e' });
      });
      expect(letters).to.deep.equal(['c OVERFLOW', 'd OVERFLOW']);
    });
  });

  describe('on a work-conserving clock', () => {
    const conserving = (helpers: Marbles, options: Partial<FanOutOptions> = {}, frames = 0) =>
      retiring({ ...helpers }, { clock: clockIn(helpers, { workConserving: true }), maxBatch: 2, ...options }, frames);

    it('issues a full batch at once, and others on the edge', () => {
      marbles((helpers) => {
        const source = helpers.hot('-a-b--c--(de)-------f|');
        const expected = '           ---x-----ye---------f|';
        const values = { x: 'ab', y: 'cd', e: 'e', f: 'f' };
        helpers.expectObservable(source.pipe(conserving(helpers))).toBe(expected, values);
      });
    });

    it('issues what is left at once when the source completes', () => {
      marbles((helpers) => {
        const source = helpers.hot('-(abc)---|');
        helpers.expectObservable(source.pipe(conserving(helpers))).toBe('-x---c---|', { x: 'ab', c: 'c' });
        helpers
          .expectObservable(source.pipe(conserving(helpers, { maxDelay: 9 })))
          .toBe('-x-------(c|)', { x: 'ab', c: 'c' });
      });
    });

    it('issues a full batch when a lane is free', () => {
      marbles((helpers) => {
        const source = helpers.hot('-(abcd)------------|');
        const result = source.pipe(conserving(helpers, { depth: 1 }, 7));
        helpers.expectObservable(result).toBe('-x------y----------|', { x: 'ab', y: 'cd' });
      });
    });

    it('keeps a batch that is not full for the edge, whatever brings others forward', () => {
      marbles((helpers) => {
        const clock = clockIn(helpers, { workConserving: true });
        helpers.scheduler.schedule(() => clock.bringForward(), 2);
        helpers.scheduler.schedule(() => clock.bringForward(), 3);
        helpers.expectObservable(helpers.hot('-a-----|').pipe(retiring(helpers, { clock }))).toBe('-----a-|');
      });
    });
  });

  it('gives the same timeline for the same input', () => {
    const run = (): unknown[] => {
      const seen: unknown[] = [];
      marbles((helpers) => {
        const clock = clockIn(helpers, { workConserving: true });
        const options = {
          clock,
          maxBatch: 2,
          depth: 1,
          observe: (event: unknown) => seen.push([helpers.scheduler.now(), event]),
        };
        const source = helpers.hot('-a-(bcd)--e--f-(gh)-|').pipe(delay(1, helpers.scheduler));
        source
          .pipe(retiring(helpers, options, 4))
          .subscribe((letters) => seen.push([helpers.scheduler.now(), letters]));
      });
      return seen;
    };
    const first = run();
    expect(first).to.have.length.above(8);
    expect(run()).to.deep.equal(first);
  });

  describe('refuses', () => {
    const clock = new Clock({ period: 5 });

    for (const option of ['maxBatch', 'maxDelay', 'depth', 'maxWaiting'] as const)
      it(`a \`${option}\` out of range`, () => {
        const smallest = option === 'maxDelay' ? 0 : 1;
        for (const wrong of [smallest - 1, -5, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
          expect(() => fanOut(sure('tech'), { clock, [option]: wrong }))
            .to.throw(LockstepError, `Expected \`${option}\``)
            .with.property('code', 'INVALID_ARGUMENT');
        expect(fanOut(sure('tech'), { clock, [option]: smallest })).to.be.a('function');
      });

    it('what is no clock', () => {
      for (const wrong of [undefined, null, {}, { period: 5 }])
        expect(() => Reflect.apply(fanOut, undefined, [sure('tech'), { clock: wrong }])).to.throw(
          LockstepError,
          'a Clock',
        );
    });

    it('no subtasks, and two of the same name', () => {
      expect(() => fanOut([], { clock })).to.throw(LockstepError, 'different names, got []');
      expect(() => fanOut(sure('tech', 'tech'), { clock })).to.throw(LockstepError, 'got [tech, tech]');
    });

    it('what is no subtask', () => {
      const right = { name: 'tech', labels: ['tech'], score: () => [1] };
      const wrong = [
        undefined,
        [null],
        [{ ...right, name: '' }],
        [{ ...right, name: 7 }],
        [{ ...right, labels: [] }],
        [{ ...right, labels: ['a', 'a'] }],
        [{ ...right, labels: 'tech' }],
        [{ ...right, labels: [1] }],
        [{ ...right, score: undefined }],
      ];
      for (const subtasks of wrong)
        expect(() => Reflect.apply(fanOut, undefined, [subtasks, { clock }]), JSON.stringify(subtasks))
          .to.throw(LockstepError)
          .with.property('code', 'INVALID_ARGUMENT');
      expect(Reflect.apply(fanOut, undefined, [[right], { clock }])).to.be.a('function');
    });
  });
});
