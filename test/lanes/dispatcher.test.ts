import { expect } from 'chai';
import { EMPTY, mergeMap, of, tap, throwError } from 'rxjs';
import {
  deadLetter,
  type FanOutOptions,
  fanOut,
  type Subtask,
  subtask,
  type ZipLanesOptions,
  zipLanes,
} from '../../operators/index.ts';
import type { Document } from '../../src/document/document.ts';
import { scriptedSubtask } from '../../src/testing/scripted-subtask.ts';
import { type Marbles, marbles } from '../support/marbles.ts';
import { clockIn, documentsOf, short } from '../support/pipeline.ts';

interface Scenario extends ZipLanesOptions, Partial<FanOutOptions> {
  readonly workConserving?: boolean;
  /** Letters, one document each. */
  readonly source: string;
  readonly lanes: Readonly<Record<string, string>> | ((helpers: Marbles) => readonly Subtask<Document>[]);
}

/** What an observer is told of a run, in short. */
function told({ workConserving = false, source, lanes, deadline, quorum, ordered, ...options }: Scenario): string[] {
  const events: string[] = [];
  marbles((helpers) => {
    const clock = clockIn(helpers, { workConserving });
    const subtasks =
      typeof lanes === 'function'
        ? lanes(helpers)
        : Object.entries(lanes).map(([name, script]) => scriptedSubtask(name, script, helpers.scheduler));
    documentsOf(helpers.hot(source))
      .pipe(
        deadLetter(() => {}),
        fanOut(subtasks, { clock, ...options, observe: (event) => events.push(short(event)) }),
        zipLanes({ deadline, quorum, ordered }),
      )
      .subscribe();
  });
  return events;
}

describe('what an observer is told', () => {
  it('issue, answers, retirement, with their cycles', () => {
    expect(told({ source: '-a-b----c----|', lanes: { tech: '-9', finance: '------1' } })).to.deep.equal([
      '1: issue 0 of 2',
      '1: tech answers 0',
      '2: issue 1 of 1',
      '2: finance answers 0',
      '2: tech answers 1',
      '3: retire 0 of 2, 0 rejected',
      '3: finance answers 1',
      '4: retire 1 of 1, 0 rejected',
    ]);
  });

  it('a stall for each edge on which documents wait and no lane is free', () => {
    const events = told({ source: '-a----b-c---------------|', lanes: { tech: '-----------9' }, depth: 1 });
    expect(events).to.deep.equal([
      '1: issue 0 of 1',
      '2: stall of 2',
      '3: tech answers 0',
      '3: stall of 2', // told on the next edge: it might have ended on this one
      '4: retire 0 of 1, 0 rejected',
      '4: issue 1 of 2',
      '6: tech answers 1',
      '7: retire 1 of 2, 0 rejected',
    ]);
  });

  it('no stall on the edge on which a lane becomes free in time', () => {
    const events = told({ source: '-a----b-----|', lanes: { tech: '---9' }, depth: 1 });
    expect(events).to.deep.equal([
      '1: issue 0 of 1',
      '1: tech answers 0',
      '2: retire 0 of 1, 0 rejected',
      '2: issue 1 of 1',
      '2: tech answers 1',
      '3: retire 1 of 1, 0 rejected',
    ]);
  });

  it('no stall either when the batch is found out to have left after the dispatcher has looked', () => {
    const events = told({ source: '-a----(bc)--|', lanes: { tech: '------9' }, depth: 1, maxBatch: 1 });
    expect(events.filter((event) => event.includes('stall') || event.includes('issue'))).to.deep.equal([
      '1: issue 0 of 1',
      '2: stall of 2',
      '3: issue 1 of 1',
      '4: stall of 1',
      '5: issue 2 of 1',
    ]);
  });

  it('the bubble between two issues, when the second comes', () => {
    const events = told({ source: '-a---------------------b----c-|', lanes: { tech: '9' } });
    expect(events.filter((event) => !event.includes('answers') && !event.includes('retire'))).to.deep.equal([
      '1: issue 0 of 1',
      '2: bubble of 3',
      '5: issue 1 of 1',
      '6: issue 2 of 1',
    ]);
  });

  it('bubbles and stalls apart: every cycle between two issues is one or the other', () => {
    const events = told({ source: '-a----------b--------------|', lanes: { tech: '-----------------9' }, depth: 1 });
    expect(events).to.deep.equal([
      '1: issue 0 of 1',
      '3: stall of 1',
      '4: tech answers 0',
      '4: stall of 1',
      '5: retire 0 of 1, 0 rejected',
      '2: bubble of 1',
      '5: issue 1 of 1',
      '8: tech answers 1',
      '9: retire 1 of 1, 0 rejected',
    ]);
  });

  it('a stall on a regular edge, though a lane is freed on an early one of the same cycle', () => {
    const events = told({
      source: '-a-----b-----------------|',
      lanes: { tech: '-------9' },
      depth: 1,
      maxBatch: 2,
      workConserving: true,
    });
    expect(events).to.deep.equal([
      '1: issue 0 of 1',
      '2: tech answers 0',
      '2: stall of 1',
      '2: retire 0 of 1, 0 rejected',
      '3: issue 1 of 1',
      '4: tech answers 1',
      '4: retire 1 of 1, 0 rejected',
    ]);
  });

  it('early issues', () => {
    const events = told({ source: '-(ab)---c-|', lanes: { tech: '9' }, maxBatch: 2, workConserving: true });
    expect(events.filter((event) => event.includes('issue'))).to.deep.equal([
      '0: issue 0 of 2 early',
      '2: issue 1 of 1',
    ]);
  });

  it('who abstains, about how many documents, and why', () => {
    const lanes = (): Subtask<Document>[] => [
      subtask('fails', ['a'], () => throwError(() => new Error('no'))),
      subtask('ends', ['b'], () => EMPTY),
      subtask('lies', ['c'], () => []),
      subtask('doubts', ['d'], () => [0.5, Number.NaN, 0.5]),
      subtask('hangs', ['e'], () => new Promise(() => {})),
      subtask('answers', ['f'], () => [0.5, 0.5, 0.5]),
    ];
    expect(told({ source: '-(abc)|', lanes, deadline: 2, quorum: 2 })).to.deep.equal([
      '1: issue 0 of 3',
      '1: fails abstains about 3 of 0, SUBTASK_FAILED',
      '1: ends abstains about 3 of 0, INVALID_SCORES',
      '1: lies abstains about 3 of 0, INVALID_SCORES',
      '1: doubts answers 0',
      '1: answers answers 0',
      '3: hangs abstains about 3 of 0, DEADLINE_MISSED',
      '3: doubts abstains about 1 of 0, INVALID_SCORES',
      '3: retire 0 of 3, 1 rejected',
    ]);
  });

  it('nothing more once nobody is subscribed', () => {
    const events: string[] = [];
    marbles((helpers) => {
      const result = documentsOf(helpers.hot('-a----b----c----d')).pipe(
        fanOut([scriptedSubtask('tech', '-------9', helpers.scheduler)], {
          clock: clockIn(helpers),
          observe: (event) => events.push(short(event)),
        }),
        zipLanes(),
      );
      helpers.expectObservable(result, '^-----------!').toBe('-------------');
    });
    expect(events).to.deep.equal(['1: issue 0 of 1', '2: issue 1 of 1']);
  });

  it('of an issue before its lanes are asked', () => {
    const log: string[] = [];
    marbles((helpers) => {
      const asked = subtask<Document>('tech', ['tech'], () => {
        log.push('asked');
        return [0.5];
      });
      documentsOf(of('a'))
        .pipe(
          fanOut([asked], { clock: clockIn(helpers), observe: ({ type }) => log.push(type) }),
          tap(() => log.push('emitted')),
          mergeMap(({ lanes }) => lanes.map(({ scores }) => scores.subscribe())),
        )
        .subscribe();
    });
    expect(log).to.deep.equal(['issue', 'emitted', 'asked']);
  });
});
