import { expect } from 'chai';
import fc from 'fast-check';
import { EMPTY, mergeMap, NEVER, Observable, of, tap, throwError, timer, VirtualTimeScheduler } from 'rxjs';
import {
  acknowledge,
  Clock,
  deadLetter,
  fanOut,
  type LockstepEvent,
  type ScoresLike,
  type Subtask,
  subtask,
  vote,
  zipLanes,
} from '../../operators/index.ts';
import type { Document } from '../../src/document/document.ts';
import { withReceipt } from '../../src/document/receipt.ts';

/** How a lane answers one call. */
interface Answer {
  readonly frames: number;
  readonly outcome: 'scores' | 'scores' | 'fails' | 'empty' | 'hangs' | 'too many' | 'NaN' | 'nonsense';
}

interface Plan {
  readonly period: number;
  /** Frames between the documents, and before the end. */
  readonly gaps: readonly number[];
  readonly maxBatch: number;
  readonly maxDelay: number;
  readonly depth: number;
  readonly deadline: number;
  readonly quorum: number;
  readonly ordered: boolean;
  readonly workConserving: boolean;
  readonly bisect: boolean;
  /** For each lane how it answers its calls, in turn. */
  readonly lanes: readonly (readonly Answer[])[];
  /** Documents on which every lane fails. */
  readonly poison: readonly number[];
}

const answer: fc.Arbitrary<Answer> = fc.record({
  frames: fc.integer({ min: 0, max: 14 }),
  outcome: fc.constantFrom('scores', 'scores', 'scores', 'fails', 'empty', 'hangs', 'too many', 'NaN', 'nonsense'),
});

const plan: fc.Arbitrary<Plan> = fc.record({
  period: fc.integer({ min: 1, max: 7 }),
  gaps: fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 12 })), { minLength: 1, maxLength: 30 }),
  maxBatch: fc.integer({ min: 1, max: 6 }),
  maxDelay: fc.integer({ min: 0, max: 3 }),
  depth: fc.integer({ min: 1, max: 4 }),
  deadline: fc.integer({ min: 0, max: 5 }),
  quorum: fc.integer({ min: 1, max: 4 }),
  ordered: fc.boolean(),
  workConserving: fc.boolean(),
  bisect: fc.boolean(),
  lanes: fc.array(fc.array(answer, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 }),
  poison: fc.array(fc.nat({ max: 29 }), { maxLength: 3 }),
});

/** What came of a plan, everything with its frame. */
interface Run {
  readonly labelled: { readonly frame: number; readonly id: number }[];
  readonly letters: { readonly frame: number; readonly id: number; readonly code: string }[];
  readonly acknowledged: number[];
  readonly issued: { readonly frame: number; readonly ids: readonly number[] }[];
  readonly asked: { readonly frame: number; readonly ids: readonly number[]; readonly lane: number }[];
  readonly events: (LockstepEvent & { readonly frame: number })[];
  end: string;
}

type Numbered = Document & { readonly id: number };

function execute(plan: Plan): Run {
  const scheduler = new VirtualTimeScheduler();
  const clock = new Clock({ period: plan.period, scheduler, workConserving: plan.workConserving });
  const run: Run = { labelled: [], letters: [], acknowledged: [], issued: [], asked: [], events: [], end: '' };
  const now = <T extends object>(what: T) => ({ frame: scheduler.now(), ...what });

  const scoresOf = (outcome: Answer['outcome'], count: number): Observable<ScoresLike> => {
    switch (outcome) {
      case 'scores':
        return of(new Float32Array(count).fill(0.5));
      case 'fails':
        return throwError(() => new Error('planned'));
      case 'empty':
        return EMPTY;
      case 'hangs':
        return NEVER;
      case 'too many':
        return of(new Float32Array(count + 1));
      case 'NaN':
        return of(Float32Array.from({ length: count }, (_, row) => (row % 2 === 0 ? Number.NaN : 1)));
      case 'nonsense':
        return of(Float32Array.from({ length: count }, (_, row) => (row % 3 === 0 ? 7 : 0.2)));
    }
  };

  const lane = (answers: readonly Answer[], index: number): Subtask<Numbered> => {
    let calls = 0;
    return subtask(`lane ${index}`, [`label ${index}`], (documents) => {
      const { frames, outcome } = answers[calls++ % answers.length] ?? expect.fail();
      run.asked.push(now({ ids: documents.map(({ id }) => id), lane: index }));
      if (documents.some(({ id }) => plan.poison.includes(id))) throw new Error('poison');
      const scores = scoresOf(outcome, documents.length);
      return frames === 0 ? scores : timer(frames, scheduler).pipe(mergeMap(() => scores));
    });
  };

  const source = new Observable<Numbered>((subscriber) => {
    let at = 0;
    for (const [id, gap] of plan.gaps.entries()) {
      at += gap;
      const document = withReceipt({ text: `${id}`, id }, { onAcknowledge: () => run.acknowledged.push(id) });
      subscriber.add(scheduler.schedule(() => subscriber.next(document), at));
    }
    subscriber.add(scheduler.schedule(() => subscriber.complete(), at + 3));
  });

  const { maxBatch, maxDelay, depth, bisect, deadline, quorum, ordered } = plan;
  source
    .pipe(
      deadLetter(({ document, reason }) => void run.letters.push(now({ id: Number(document.id), code: reason.code }))),
      fanOut(plan.lanes.map(lane), {
        clock,
        maxBatch,
        maxDelay,
        depth,
        bisect,
        observe: (event) => run.events.push(now(event)),
      }),
      tap(({ documents }) => run.issued.push(now({ ids: documents.map(({ id }) => id) }))),
      zipLanes({ deadline, quorum: Math.min(quorum, plan.lanes.length), ordered }),
      vote(),
      tap(({ id }) => run.labelled.push(now({ id }))),
      acknowledge(),
    )
    .subscribe({
      complete: () => {
        run.end += 'complete';
      },
      error: (error) => {
        run.end += error;
      },
    });
  scheduler.flush(); // ends only if no timer is left
  return run;
}

describe('a pipeline, whatever its lanes do', () => {
  /** Checks something of the runs of any plans. */
  const holds = (check: (run: Run, plan: Plan) => void, numRuns = 150): void =>
    fc.assert(
      fc.property(plan, (plan) => check(execute(plan), plan)),
      { numRuns },
    );
  const all = ({ gaps }: Plan): number[] => Array.from(gaps.keys());
  const sorted = (ids: readonly number[]): number[] => ids.toSorted((a, b) => a - b);

  it('labels each document once, or makes a dead letter of it once; and acknowledges each once', () => {
    holds(({ labelled, letters, acknowledged, end }, plan) => {
      expect(end).to.equal('complete');
      expect(sorted([...labelled, ...letters].map(({ id }) => id))).to.deep.equal(all(plan));
      expect(sorted(acknowledged)).to.deep.equal(all(plan));
      for (const { code } of letters) expect(code).to.equal('QUORUM_MISSED');
    });
  });

  it('makes dead letters of those that break every lane', () => {
    holds(({ letters }, { poison, gaps }) => {
      const ids = letters.map(({ id }) => id);
      for (const id of poison) if (id < gaps.length) expect(ids).to.include(id);
    });
  });

  it('keeps the order, unless asked not to', () => {
    holds(({ labelled, issued }, plan) => {
      const ids = labelled.map(({ id }) => id);
      if (plan.ordered) expect(ids).to.deep.equal(sorted(ids));
      expect(issued.flatMap((issue) => issue.ids)).to.deep.equal(all(plan));
    });
  });

  it('issues on edges, and labels on edges, if the clock is not work-conserving', () => {
    holds(({ labelled, letters, issued, events }, { period, workConserving }) => {
      const onEdge = (frame: number): boolean => frame % period === 0;
      if (workConserving) return;
      for (const event of events) if (event.type === 'issue') expect(event.early).to.equal(false);
      for (const { frame } of [...labelled, ...letters, ...issued])
        expect(onEdge(frame), `frame ${frame}`).to.equal(true);
    });
  });

  it('asks all lanes about a batch at once, about no more than `maxBatch`, with at most `depth` in flight', () => {
    holds(({ issued, asked, events }, { maxBatch, depth, lanes }) => {
      for (const { frame, ids } of issued) {
        expect(ids).to.have.length.within(1, maxBatch);
        for (const lane of lanes.keys()) expect(asked).to.deep.include({ frame, ids, lane });
      }
      let inFlight = 0;
      for (const { type } of events) {
        if (type === 'issue') inFlight++;
        if (type === 'retire') inFlight--;
        expect(inFlight).to.be.within(0, depth);
      }
      expect(inFlight).to.equal(0);
    });
  });

  it('gives lanes up at the deadline, not before and not after', () => {
    holds(({ events }, { deadline, workConserving }) => {
      const issues = new Map<number, number>();
      for (const event of events) {
        if (event.type === 'issue') issues.set(event.batch, event.cycle);
        if (event.type === 'abstain' && event.reason.code === 'DEADLINE_MISSED')
          expect(event.cycle - (issues.get(event.batch) ?? 0)).to.be.within(
            deadline,
            deadline + (workConserving ? 1 : 0),
          );
      }
    });
  });

  it('gives the same timeline for the same input', () => {
    holds((run, plan) => {
      expect(execute(plan)).to.deep.equal(run);
    }, 50);
  });
});
