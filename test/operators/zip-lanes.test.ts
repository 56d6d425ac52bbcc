import { expect } from 'chai';
import { EMPTY, map, NEVER, Observable, of, take, throwError } from 'rxjs';
import { Clock, deadLetter, fanOut, type Issue, type Scores, subtask, zipLanes } from '../../operators/index.ts';
import type { Document } from '../../src/document/document.ts';
import { LockstepError } from '../../src/errors.ts';
import { virtually } from '../../src/testing/index.ts';
import { collect } from '../support/collect.ts';
import { type Marbles, marbles } from '../support/marbles.ts';
import { clockIn, issueOf, short, sure } from '../support/pipeline.ts';
import { behavesLikeAnOperator, textOf } from './family.ts';

const one = Float32Array.of(0.9);

describe('zipLanes', () => {
  behavesLikeAnOperator<Issue, Document>({
    operator: () => zipLanes(),
    // With a period of 1 every frame is an edge: lanes that answer at once retire on the frame of the issue.
    input: (texts, helpers) =>
      issueOf(new Clock({ period: 1, scheduler: helpers.scheduler }), texts, { tech: of(one) }),
    letter: textOf,
    synchronous: false,
  });

  it('adds a ballot with what each lane said, and keeps every other field', () => {
    virtually(({ scheduler }) => {
      const clock = clockIn({ scheduler });
      const document = Object.freeze({ text: 'a', id: 7, mine: true });
      const lanes = { tech: of(Float32Array.of(0.75)), finance: of(Float32Array.of(0.5)), culture: EMPTY };
      const issue = { ...issueOf(clock, 'a', lanes), documents: [document] };
      const result = collect(of(issue).pipe(zipLanes()));
      return () => {
        expect(result.values[0]).to.include({ text: 'a', id: 7, mine: true });
        expect(result.values[0]?.ballot.scores).to.deep.equal({
          tech: { tech: 0.75 },
          finance: { finance: 0.5 },
          culture: null,
        });
        expect(document).not.to.have.property('ballot');
      };
    })();
  });

  describe('has the marbles of its docstring', () => {
    const run = (options: Parameters<typeof zipLanes>[0], expected: string): void =>
      marbles((helpers) => {
        const { cold, hot, expectObservable } = helpers;
        const clock = clockIn(helpers);
        const scores = { s: Float32Array.of(0.9, 0.9), t: one };
        const x = issueOf(clock, 'AB', { one: of(Float32Array.of(0.9, 0.9)), two: cold('-s|', scores) });
        const y = issueOf(clock, 'C', { one: cold('--t|', scores), two: of(one) });
        const source = hot('-----x----y----|', { x, y });
        expectObservable(source.pipe(zipLanes({ quorum: 1, ...options }), map(textOf))).toBe(expected);
      });

    it('leaving on the edge after the last answer', () => run({}, '----------(AB)-(C|)'));

    it('leaving with the lanes that answered at once, at a deadline of 0', () =>
      run({ deadline: 0 }, '-----(AB)-C----|'));
  });

  it('subscribes to all lanes of an issue on its frame, and leaves them when all have answered and the batch has left', () => {
    marbles((helpers) => {
      const { cold, hot, expectObservable, expectSubscriptions } = helpers;
      const [slow, fast] = [cold('------s', { s: one }), cold('s-----', { s: one })];
      const source = hot('-----x', { x: issueOf(clockIn(helpers), 'a', { slow, fast }) });
      expectObservable(source.pipe(zipLanes(), map(textOf))).toBe('---------------a');
      expectSubscriptions(slow.subscriptions).toBe('-----^---------!');
      expectSubscriptions(fast.subscriptions).toBe('-----^---------!');
    });
  });

  it('leaves the lanes that are out when it is unsubscribed from, and aborts their signals', () => {
    const aborted: boolean[] = [];
    marbles((helpers) => {
      const signals: AbortSignal[] = [];
      const slow = subtask<Document>('tech', ['tech'], (_, signal) => {
        signals.push(signal);
        return NEVER;
      });
      const issues = helpers
        .hot('a----b', { a: { text: 'a' }, b: { text: 'b' } })
        .pipe(fanOut([slow], { clock: clockIn(helpers) }));
      helpers.expectObservable(issues.pipe(zipLanes()), '^------!').toBe('--------');
      helpers.scheduler.schedule(() => aborted.push(...signals.map((signal) => signal.aborted)), 6);
      helpers.scheduler.schedule(() => aborted.push(...signals.map((signal) => signal.aborted)), 8);
    });
    expect(aborted).to.deep.equal([false, false, true, true]);
  });

  describe('lanes that answer at once', () => {
    it('retire on the edge of the issue', () => {
      virtually(({ hot, clock, expectDocuments }) => {
        const result = hot('-a-b----c----|').pipe(fanOut(sure('tech'), { clock: clock(5) }), zipLanes());
        expectDocuments(result).toBe('-----(ab)-c--|');
      });
    });

    it('that are asked between edges retire on the next', () => {
      marbles((helpers) => {
        const source = helpers.hot('--x---|', { x: issueOf(clockIn(helpers), 'a', { tech: of(one) }) });
        helpers.expectObservable(source.pipe(zipLanes(), map(textOf))).toBe('-----a|');
      });
    });
  });

  describe('order', () => {
    /** Batches of one document, whose lane takes as many frames as its text says. */
    const waiting = (helpers: Pick<Marbles, 'scheduler'>) =>
      subtask<Document>('tech', ['tech'], ([document]) => {
        const frames = Number(document?.text);
        if (frames === 0) return one;
        return new Observable<Scores>((subscriber) => helpers.scheduler.schedule(() => subscriber.next(one), frames));
      });

    it('is that of the documents: what is ready waits for what came before it', () => {
      virtually(({ hot, clock, scheduler, expectDocuments }) => {
        const result = hot('9----1----1----|').pipe(
          fanOut([waiting({ scheduler })], { clock: clock(5), depth: 9 }),
          zipLanes(),
        );
        expectDocuments(result).toBe('----------(91)-(1|)');
      });
    });

    it('is that of the answers where asked', () => {
      virtually(({ hot, clock, scheduler, expectDocuments }) => {
        const subtasks = [waiting({ scheduler })];
        const result = hot('x----y----z----|', { x: '17', y: '1', z: '1' }).pipe(
          fanOut(subtasks, { clock: clock(5), depth: 9 }),
          zipLanes({ ordered: false }),
        );
        expectDocuments(result).toBe('----------y----z----(x|)', { x: '17', y: '1', z: '1' });
      });
    });

    it('is kept when a batch that takes the place of one that leaves answers at once', () => {
      virtually(({ hot, clock, scheduler, expectDocuments }) => {
        const documents = hot('x----yz--------|', { x: '8', y: '2', z: '0' });
        const result = documents.pipe(fanOut([waiting({ scheduler })], { clock: clock(5) }), zipLanes());
        expectDocuments(result).toBe('----------(xyz)|', { x: '8', y: '2', z: '0' }); // z waited on the edge on which x and y leave
      });
    });
  });

  describe('deadline', () => {
    const run = (helpers: Marbles, deadline: number, events: string[] = []) => {
      const { cold, scheduler } = helpers;
      const clock = clockIn({ scheduler });
      const observe: Issue['observe'] = (event) => events.push(short(event));
      return (source: Observable<string>) =>
        source.pipe(
          map((texts) =>
            issueOf(
              clock,
              texts,
              { slow: cold('---------s|', { s: one }), fast: of(one), hung: cold('-') },
              { observe },
            ),
          ),
          zipLanes({ deadline, quorum: 1 }),
          map(
            ({ text, ballot }) => `${text}${Object.values(ballot.scores).filter((scores) => scores !== null).length}`,
          ),
        );
    };

    for (const [deadline, expected] of [
      [0, '-----a---------|'],
      [1, '----------a----|'],
      [2, '---------------(b|)'],
      [3, '--------------------(b|)'],
    ] as const)
      it(`of ${deadline} cycles after the issue: the lanes that have not answered abstain`, () => {
        const events: string[] = [];
        marbles((helpers) => {
          const result = helpers.hot('-----x---------|').pipe(run(helpers, deadline, events));
          helpers.expectObservable(result).toBe(expected, { a: 'x1', b: 'x2' });
        });
        const late = deadline < 2 ? ['slow', 'hung'] : ['hung'];
        const abstained = events.filter((event) => event.includes('abstains'));
        expect(abstained).to.deep.equal(
          late.map((lane) => `${1 + deadline}: ${lane} abstains about 1 of 0, DEADLINE_MISSED`),
        );
      });

    it('leaves the lanes, and aborts their signals', () => {
      const aborted: [number, boolean][] = [];
      marbles((helpers) => {
        const hung = subtask<Document>('hung', ['hung'], (_, signal) => {
          signal.addEventListener('abort', () => aborted.push([helpers.scheduler.now(), signal.aborted]));
          return NEVER;
        });
        const documents = helpers.hot('a', { a: { text: 'a' } });
        const result = documents.pipe(
          fanOut([hung, ...sure('tech', 'finance')], { clock: clockIn(helpers) }),
          zipLanes({ deadline: 2 }),
        );
        helpers.expectObservable(result.pipe(map(textOf))).toBe('----------a');
      });
      expect(aborted).to.deep.equal([[10, true]]);
    });

    it('does not count against a batch that is ready and waits for another', () => {
      virtually(({ hot, clock, lanes, expectDocuments, deadLetters }) => {
        const { subtasks } = lanes({ tech: '------------9' });
        const options = { clock: clock(5), depth: 9 };
        const result = hot('a----b----c----|').pipe(fanOut(subtasks, options), zipLanes({ deadline: 3 }));
        expectDocuments(result).toBe('---------------a----b----(c|)');
        return () => expect(deadLetters).to.deep.equal([]);
      })();
    });

    it('leaves no timer when all have answered before it', () => {
      marbles((helpers) => {
        const clock = clockIn(helpers);
        const source = helpers.cold('(x|)', { x: issueOf(clock, 'a', { tech: of(one) }) });
        helpers.expectObservable(source.pipe(zipLanes({ deadline: 1000 }), map(textOf))).toBe('(a|)');
        helpers.scheduler.schedule(() => {
          const pending = helpers.scheduler.actions.filter(({ closed }) => !closed);
          expect(pending, 'what waits at frame 20').to.have.length(0);
        }, 20);
      });
    });
  });

  describe('quorum', () => {
    for (const [lanes, quorum, voting, enough] of [
      [1, undefined, 1, true],
      [2, undefined, 1, false],
      [3, undefined, 2, true],
      [3, undefined, 1, false],
      [4, undefined, 2, false],
      [4, undefined, 3, true],
      [4, 1, 1, true],
      [4, 4, 3, false],
      [4, 4, 4, true],
      [1, 1, 0, false],
    ] as const)
      it(`of ${quorum ?? 'more than half'}: ${voting} of ${lanes} lanes are ${enough ? '' : 'not '}enough`, () => {
        const letters: string[] = [];
        virtually(({ scheduler }) => {
          const names = Array.from(
            { length: lanes },
            (_, lane) => [`lane ${lane}`, lane < voting ? of(one) : EMPTY] as const,
          );
          const issue = issueOf(clockIn({ scheduler }), 'a', Object.fromEntries(names));
          const handle = deadLetter<Document>(({ reason }) => void letters.push(reason.code));
          const documents = collect(of(...issue.documents).pipe(handle)).values;
          const { values } = collect(of({ ...issue, documents }).pipe(zipLanes({ quorum })));
          return () => {
            expect(values).to.have.length(enough ? 1 : 0);
            expect(letters).to.deep.equal(enough ? [] : ['QUORUM_MISSED']);
          };
        })();
      });

    it('is asked of each document: a row of NaN is an abstention about that one', () => {
      virtually(({ hot, clock, lanes, expectDocuments, expectRejected, deadLetters }) => {
        const { subtasks } = lanes({ tech: ['', { a: 0.9, b: 0.9 }], finance: ['-', { a: 0.1, c: 0.1 }] });
        const result = hot('(abcd|)').pipe(fanOut(subtasks, { clock: clock(5) }), zipLanes({ quorum: 1 }));
        expectDocuments(result).toBe('-----(abc|)');
        expectRejected('d');
        return () => expect(deadLetters[0]?.reason.message).to.equal('Expected 1 lanes to vote, got 0');
      })();
    });

    it('that is missed errors the stream when nobody takes dead letters, with every reason', () => {
      const failure = new Error('no memory');
      marbles((helpers) => {
        const lanes = { tech: throwError(() => failure), finance: EMPTY, culture: of(one) };
        const source = helpers.hot('-----x', { x: issueOf(clockIn(helpers), 'a', lanes) });
        const message =
          'Expected 2 lanes to vote, got 1: Lane tech failed: no memory; Lane finance ended without an answer';
        const cause = new LockstepError('SUBTASK_FAILED', 'Lane tech failed: no memory', { cause: failure });
        const error = new LockstepError('QUORUM_MISSED', message, { cause });
        helpers.expectObservable(source.pipe(zipLanes(), map(textOf))).toBe('-----#', {}, error);
      });
    });

    it('above the number of lanes errors the stream', () => {
      marbles((helpers) => {
        const source = helpers.hot('--x', { x: issueOf(clockIn(helpers), 'a', { tech: of(one) }) });
        const error = new LockstepError(
          'INVALID_ARGUMENT',
          'Expected `quorum` to be at most the 1 lanes, got 2 (number)',
        );
        helpers.expectObservable(source.pipe(zipLanes({ quorum: 2 }), map(textOf))).toBe('--#', {}, error);
      });
    });
  });

  it('emits no more of a batch than `take` lets through, and makes no dead letters after it', () => {
    virtually(({ hot, clock, lanes, expectDocuments, expectRejected }) => {
      const { subtasks } = lanes({ tech: ['', { a: 0.9, b: 0.9 }] });
      const result = hot('(abcd)').pipe(fanOut(subtasks, { clock: clock(5) }), zipLanes(), take(2));
      expectDocuments(result).toBe('(ab|)');
      expectRejected('');
    });
  });

  it('forgets what is in flight when the source fails', () => {
    marbles((helpers) => {
      const lane = helpers.cold('---s|', { s: one });
      const source = helpers.hot('-----x-#', { x: issueOf(clockIn(helpers), 'a', { lane }) });
      helpers.expectObservable(source.pipe(zipLanes(), map(textOf))).toBe('-------#');
      helpers.expectSubscriptions(lane.subscriptions).toBe('-----^-!');
    });
  });

  it('retires an issue once, after its documents have left', () => {
    const log: string[] = [];
    marbles((helpers) => {
      const retire = (): void => void log.push('retired');
      const source = helpers.hot('x-|', {
        x: issueOf(clockIn(helpers), 'ab', { tech: of(Float32Array.of(0.1, 0.2)) }, { retire }),
      });
      source.pipe(zipLanes()).subscribe(({ text }) => log.push(text));
    });
    expect(log).to.deep.equal(['a', 'b', 'retired']);
  });

  it('refuses options out of range', () => {
    for (const deadline of [-1, 1.5, Number.NaN, Number.NEGATIVE_INFINITY])
      expect(() => zipLanes({ deadline }))
        .to.throw(LockstepError, 'Expected `deadline`')
        .with.property('code', 'INVALID_ARGUMENT');
    for (const quorum of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => zipLanes({ quorum }))
        .to.throw(LockstepError, 'Expected `quorum`')
        .with.property('code', 'INVALID_ARGUMENT');
    expect(zipLanes({ deadline: Number.POSITIVE_INFINITY, quorum: 1, ordered: false })).to.be.a('function');
  });
});
