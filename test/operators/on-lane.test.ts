import { expect } from 'chai';
import {
  catchError,
  concat,
  defer,
  delay,
  EMPTY,
  type MonoTypeOperatorFunction,
  map,
  NEVER,
  type Observable,
  of,
  retry,
  tap,
  throwError,
  timeout,
} from 'rxjs';
import { fanOut, type Issue, onLane, type Scores, subtask, vote, zipLanes } from '../../operators/index.ts';
import type { Document } from '../../src/document/document.ts';
import { LockstepError } from '../../src/errors.ts';
import { virtually } from '../../src/testing/index.ts';
import { collect } from '../support/collect.ts';
import { clockIn, issueOf, sure, textsOf } from '../support/pipeline.ts';
import { behavesLikeAnOperator } from './family.ts';

const both = (texts: string, helpers: Parameters<typeof clockIn>[0]): Issue =>
  issueOf(clockIn(helpers), texts, { tech: of(Float32Array.of(0.9)), finance: of(Float32Array.of(0.1)) });

describe('onLane', () => {
  behavesLikeAnOperator<Issue, Issue>({
    operator: () => onLane('tech', delay(3)),
    input: both,
    letter: textsOf,
  });

  it('treats one lane and leaves the rest of the issue as it is', () => {
    virtually(({ scheduler }) => {
      const issue = both('a', { scheduler });
      const treat = map((scores: Scores) => scores.map((score) => 1 - score));
      const [treated] = collect(of(issue).pipe(onLane('tech', treat))).values;
      expect(treated).to.deep.include({ ...issue, lanes: treated?.lanes });
      expect(treated?.lanes[1]).to.equal(issue.lanes[1]);
      const [tech] = treated?.lanes ?? [];
      expect(tech).to.include({ name: 'tech', labels: issue.lanes[0]?.labels });
      expect(tech && collect(tech.scores).values).to.deep.equal([Float32Array.of(1 - Math.fround(0.9))]);
    });
  });

  it('can be used on several lanes, and several times on one', () => {
    virtually(({ hot, clock, lanes, expectDocuments }) => {
      const { subtasks } = lanes({ tech: '9', finance: '1' });
      const inverse = map((scores: Scores) => scores.map((score) => 1 - score));
      const result = hot('a----|').pipe(
        fanOut(subtasks, { clock: clock(5) }),
        onLane('tech', inverse),
        onLane('finance', inverse),
        onLane('tech', inverse),
        zipLanes(),
        map(({ ballot }) => ({
          text: JSON.stringify(ballot, (_, value) => (typeof value === 'number' ? Math.round(value * 10) : value)),
        })),
      );
      expectDocuments(result).toBe('a----|', { a: '{"tech":{"tech":9},"finance":{"finance":0}}' });
    });
  });

  it('gives each batch of a lane a subscription of its own', () => {
    virtually(({ hot, clock, expectDocuments }) => {
      let subscriptions = 0;
      const counting = (lane: Observable<Scores>) =>
        defer(() => {
          subscriptions++;
          return lane;
        });
      const result = hot('a----b---|').pipe(
        fanOut(sure('tech'), { clock: clock(5) }),
        onLane('tech', counting),
        zipLanes(),
      );
      expectDocuments(result).toBe('a----b---|');
      return () => expect(subscriptions).to.equal(2);
    })();
  });

  it('lets a lane be retried', () => {
    virtually(({ hot, clock, expectDocuments }) => {
      let calls = 0;
      const flaky = subtask<Document>('tech', ['tech'], () => {
        if (++calls % 3 > 0) throw new Error('not yet');
        return [0.9];
      });
      const options = { clock: clock(5), bisect: false };
      const result = hot('a----b---|').pipe(fanOut([flaky], options), onLane('tech', retry(2)), zipLanes(), vote());
      expectDocuments(result).toBe('a----b---|', { a: 'tech', b: 'tech' });
    });
  });

  const treatments: readonly (readonly [string, MonoTypeOperatorFunction<Scores>])[] = [
    ['errors', () => throwError(() => new Error('no'))],
    ['completes without scores', () => EMPTY],
    ['never answers, and has a timeout', () => NEVER],
    ['answers with the wrong number of scores', () => of(new Float32Array(7))],
    ['answers with what are no scores', () => of(Object.create(null))],
    [
      'throws when it is made',
      () => {
        throw new Error('no');
      },
    ],
    ['is no Observable', () => Object.create(null)],
  ];
  for (const [what, treat] of treatments)
    it(`abstains if what it was treated with ${what}`, () => {
      virtually(({ hot, clock, expectDocuments }) => {
        const edges = clock(5);
        const abstained: unknown[] = [];
        const result = hot('-a--------------------|').pipe(
          fanOut(sure('tech', 'finance', 'culture'), {
            clock: edges,
            observe: (event) => event.type === 'abstain' && abstained.push([event.lane, event.documents]),
          }),
          onLane('tech', (lane) => treat(lane).pipe(timeout({ first: 5, scheduler: edges }))),
          zipLanes(),
          vote(),
        );
        const expected = what.startsWith('never') ? '----------a-----------|' : '-----a----------------|';
        expectDocuments(result).toBe(expected, { a: 'finance' });
        return () => expect(abstained).to.deep.equal([['tech', 1]]);
      })();
    });

  it('lets a lane that fails give way to other scores', () => {
    virtually(({ hot, clock, lanes, expectDocuments }) => {
      const { subtasks } = lanes({ tech: '#', finance: '4' });
      const result = hot('a----|').pipe(
        fanOut(subtasks, { clock: clock(5) }),
        onLane(
          'tech',
          catchError(() => of(Float32Array.of(0.8))),
        ),
        zipLanes(),
        vote(),
      );
      expectDocuments(result).toBe('a----|', { a: 'tech' });
    });
  });

  it('makes an abstention of a row that a treatment spoiled, in whichever column', () => {
    virtually(({ hot, clock, expectDocuments }) => {
      const group = subtask<Document>('group', ['tech', 'finance'], (documents) => documents.flatMap(() => [0.2, 0.8]));
      const spoil = map((scores: Scores) => scores.map((score, i) => (i === 1 ? Number.NaN : i === 3 ? 7 : score)));
      const result = hot('(abc)').pipe(
        fanOut([group, ...sure('tech', 'culture')], { clock: clock(5) }),
        onLane('group', spoil),
        zipLanes({ quorum: 2 }),
        tap(({ text, ballot }) => expect(ballot.scores.group === null, text).to.equal(text !== 'c')),
        vote(),
        tap(({ verdict }) => expect(verdict.confidence).to.be.within(0, 1)),
      );
      expectDocuments(result).toBe('(abc)', { a: 'tech', b: 'tech', c: 'culture' });
    });
  });

  it('takes the first scores if a lane emits several', () => {
    virtually(({ hot, clock, expectDocuments }) => {
      const twice = (lane: Observable<Scores>) => concat(lane, of(Float32Array.of(0)));
      const result = hot('a----|').pipe(fanOut(sure('tech'), { clock: clock(5) }), onLane('tech', twice), zipLanes());
      expectDocuments(result.pipe(map(({ ballot }) => ({ text: (ballot.scores.tech?.tech ?? 0).toFixed(1) })))).toBe(
        'a----|',
        { a: '0.9' },
      );
    });
  });

  it('errors the stream with what lanes there are if there is no such lane', () => {
    virtually(({ hot, clock, expectDocuments }) => {
      const result = hot('-a----|').pipe(
        fanOut(sure('tech', 'finance'), { clock: clock(5) }),
        onLane('sport', delay(1)),
        zipLanes(),
      );
      const message = 'Expected `name` to be one of the lanes [tech, finance], got "sport" (string)';
      expectDocuments(result).toBe('-----#', {}, new LockstepError('INVALID_ARGUMENT', message));
    });
  });

  it('refuses what is no operator', () => {
    for (const wrong of [undefined, null, of(1), 'timeout'])
      expect(() => Reflect.apply(onLane, undefined, ['tech', wrong]))
        .to.throw(LockstepError, 'Expected `treat` to be an operator')
        .with.property('code', 'INVALID_ARGUMENT');
  });
});
