import { expect } from 'chai';
import fc from 'fast-check';
import { asapScheduler, EMPTY, NEVER, of, Subject, scheduled, throwError } from 'rxjs';
import { LockstepError } from '../../src/errors.ts';
import { runSubtask } from '../../src/lanes/run-subtask.ts';
import { type ScoresLike, type Subtask, subtask } from '../../src/subtasks/subtask.ts';
import { collect } from '../support/collect.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** A subtask that scores number `n` as n / 1000, throws if one of `poison` is in the batch, and counts its calls. */
function poisoned(...poison: readonly number[]) {
  const calls: number[][] = [];
  const scorer = subtask<number>('tech', ['tech'], (documents) => {
    calls.push([...documents]);
    if (documents.some((document) => poison.includes(document))) throw new Error('poison');
    return documents.map((document) => document / 1000);
  });
  return { scorer, calls };
}

describe('runSubtask', () => {
  describe('takes scores', () => {
    const scores = [0, 0.25, 0.5, 1];
    const answers: readonly (readonly [string, () => ReturnType<Subtask['score']>])[] = [
      ['as an array', () => scores],
      ['as a Float32Array', () => Float32Array.from(scores)],
      ['as a Float64Array', () => Float64Array.from(scores)],
      ['by promise', async () => scores],
      ['by an Observable that emits at once', () => of(scores)],
      ['by an Observable that emits later', () => scheduled([scores], asapScheduler)],
      ['by an Observable that emits more, of which the first counts', () => of(scores, [9])],
      [
        'by a generator',
        function* () {
          yield scores;
        },
      ],
    ];
    for (const [what, answer] of answers)
      it(what, async () => {
        const seen = collect(runSubtask(subtask<number>('tech', ['a', 'b'], answer), [1, 2], true));
        await new Promise(setImmediate);
        expect(seen.values).to.deep.equal([Float32Array.from(scores)]);
        expect(seen.end).to.equal('complete');
      });

    it('that are what rounding in 32 bits makes of 0 and 1', () => {
      const answer = Float32Array.of(-1e-5, 1.00005);
      const { values } = collect(
        runSubtask(
          subtask<number>('tech', ['a'], () => answer),
          [1, 2],
          true,
        ),
      );
      expect(values[0]).to.equal(answer); // not copied
    });
  });

  it('runs when it is subscribed to, each time anew', () => {
    const { scorer, calls } = poisoned();
    const lane = runSubtask(scorer, [1, 2], true);
    expect(calls).to.deep.equal([]);
    collect(lane);
    collect(lane);
    expect(calls).to.deep.equal([
      [1, 2],
      [1, 2],
    ]);
  });

  describe('abstains about documents', () => {
    it('whose rows hold no probabilities, and leaves the array of the subtask as it is', () => {
      for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, -0.1, 1.1, 7]) {
        const answer = Float32Array.of(0.1, 0.2, 0.3, wrong, wrong, 0.6, 0.7, 0.8);
        const before = answer.slice();
        const { values } = collect(
          runSubtask(
            subtask<number>('tech', ['a', 'b'], () => answer),
            [1, 2, 3, 4],
            true,
          ),
        );
        const nan = Number.NaN;
        expect(values).to.deep.equal([Float32Array.of(0.1, 0.2, nan, nan, nan, nan, 0.7, 0.8)]);
        expect(answer).to.deep.equal(before);
      }
    });

    it('whose scores are no numbers, such as the null that JSON makes of NaN', () => {
      const answer: number[] = JSON.parse('[0.5, "0.5", 0.25, null, true]');
      const { values } = collect(
        runSubtask(
          subtask<number>('tech', ['a'], () => answer),
          [1, 2, 3, 4, 5],
          true,
        ),
      );
      const nan = Number.NaN;
      expect(values).to.deep.equal([Float32Array.of(0.5, nan, 0.25, nan, nan)]);
    });
  });

  describe('errors', () => {
    const failure = new Error('no memory');
    const mine = new LockstepError('WORKER_FAILED', 'the thread died');
    for (const [what, answer, code, message] of [
      ['throws', () => expect.fail('no memory'), 'SUBTASK_FAILED', 'Subtask tech failed: no memory'],
      ['rejects', () => Promise.reject(failure), 'SUBTASK_FAILED', 'Subtask tech failed: no memory'],
      ['errors', () => throwError(() => failure), 'SUBTASK_FAILED', 'Subtask tech failed: no memory'],
      ['throws what is no error', () => throwError(() => 'text'), 'SUBTASK_FAILED', 'Subtask tech failed: "text"'],
      ['errors with a code', () => throwError(() => mine), 'WORKER_FAILED', 'the thread died'],
      ['ends without an answer', () => EMPTY, 'INVALID_SCORES', 'Subtask tech ended without an answer'],
      ['answers with too few', () => [0.5], 'INVALID_SCORES', 'Expected 2 × 2 scores of subtask tech, got 1'],
      [
        'answers with too many',
        () => new Float32Array(5),
        'INVALID_SCORES',
        'Expected 2 × 2 scores of subtask tech, got 5',
      ],
      ['answers with none', () => [], 'INVALID_SCORES', 'Expected 2 × 2 scores of subtask tech, got 0'],
      [
        'answers with nothing',
        async () => undefined,
        'INVALID_SCORES',
        'Expected 2 × 2 scores of subtask tech, got undefined',
      ],
      ['answers with a number', async () => 0.5, 'INVALID_SCORES', 'Expected 2 × 2 scores of subtask tech, got 0.5'],
      ['gives what is no answer', () => undefined, 'SUBTASK_FAILED', 'Subtask tech failed: You provided'],
    ] as const)
      it(`with ${code} if the subtask ${what}`, async () => {
        const wrong: Subtask<number> = { name: 'tech', labels: ['a', 'b'], score: Object.assign(answer) };
        const seen = collect(runSubtask(wrong, [1, 2], false));
        await new Promise(setImmediate);
        expect(seen.values).to.deep.equal([]);
        expect(seen.error).to.be.instanceOf(LockstepError).with.property('code', code);
        expect(seen.error)
          .to.have.property('message')
          .that.satisfies((text: string) => text.startsWith(message));
      });

    it('with the original as the cause', () => {
      const scorer = subtask<number>('tech', ['a'], () => throwError(() => failure));
      expect(collect(runSubtask(scorer, [1], true)).error).to.have.property('cause', failure);
    });
  });

  describe('bisects a batch that fails', () => {
    it('and gives the neighbours of the poison their scores', () => {
      const { scorer, calls } = poisoned(5);
      const { values, end } = collect(runSubtask(scorer, numbers(8), true));
      expect(end).to.equal('complete');
      expect(values).to.deep.equal([Float32Array.from(numbers(8), (n) => (n === 5 ? Number.NaN : n / 1000))]);
      expect(calls).to.deep.equal([numbers(8), [0, 1, 2, 3], [4, 5, 6, 7], [4, 5], [4], [5], [6, 7]]);
    });

    it('and finds one or two of them wherever they are, with every neighbour unharmed', () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 100 }), fc.nat(), fc.nat(), (count, one, two) => {
          const poison = [one % count, two % count];
          const { scorer, calls } = poisoned(...poison);
          const seen = collect(runSubtask(scorer, numbers(count), true));
          if (new Set(poison).size === count) {
            expect(seen.error).to.have.property('code', 'SUBTASK_FAILED');
            return;
          }
          const expected = Float32Array.from(numbers(count), (n) => (poison.includes(n) ? Number.NaN : n / 1000));
          expect(seen.values).to.deep.equal([expected]);
          expect(calls.length).to.be.below(4 * Math.log2(count) + 4);
        }),
      );
    });

    it('when the answer is late, or has the wrong shape', async () => {
      const calls: number[] = [];
      const scorer = subtask<number>('tech', ['tech'], async (documents) => {
        calls.push(documents.length);
        await Promise.resolve();
        return documents.includes(2) ? [] : documents.map(() => 0.5);
      });
      const seen = collect(runSubtask(scorer, numbers(4), true));
      await new Promise(setImmediate);
      expect(seen.values).to.deep.equal([Float32Array.of(0.5, 0.5, Number.NaN, 0.5)]);
      expect(calls).to.deep.equal([4, 2, 2, 1, 1]);
    });

    it('and gives up a subtask that is broken, without asking about each document', () => {
      for (const count of [2, 16, 64, 1024]) {
        const { scorer, calls } = poisoned(...numbers(count));
        const seen = collect(runSubtask(scorer, numbers(count), true));
        expect(seen.error).to.be.instanceOf(LockstepError).with.property('code', 'SUBTASK_FAILED');
        expect(seen.values).to.deep.equal([]);
        expect(calls.length).to.be.at.most(2 * Math.log2(count) + 3);
      }
    });

    it('unless told not to, or there is one document', () => {
      const { scorer, calls } = poisoned(1);
      expect(collect(runSubtask(scorer, [0, 1], false)).error).to.have.property('code', 'SUBTASK_FAILED');
      expect(collect(runSubtask(scorer, [1], true)).error).to.have.property('code', 'SUBTASK_FAILED');
      expect(calls).to.deep.equal([[0, 1], [1]]);
    });
  });

  describe('aborts the signal', () => {
    const listening = (answer: ReturnType<Subtask['score']>) => {
      const signals: AbortSignal[] = [];
      const scorer = subtask<number>('tech', ['tech'], (_, signal) => {
        signals.push(signal);
        return answer;
      });
      return { lane: runSubtask(scorer, [1], true), signals, aborted: () => signals.map((signal) => signal.aborted) };
    };

    it('when nobody waits for the answer any more', () => {
      const { lane, aborted } = listening(NEVER);
      const seen = collect(lane);
      expect(aborted()).to.deep.equal([false]);
      seen.unsubscribe();
      expect(aborted()).to.deep.equal([true]);
    });

    it('not when the answer has come, or the subtask failed', async () => {
      const answers: ReturnType<Subtask['score']>[] = [
        [0.5],
        of([0.5]),
        Promise.resolve([0.5]),
        EMPTY,
        throwError(() => 'no'),
      ];
      for (const answer of answers) {
        const { lane, aborted } = listening(answer);
        const seen = collect(lane);
        await new Promise(setImmediate);
        seen.unsubscribe();
        expect(seen.end).to.be.oneOf(['complete', 'error']);
        expect(aborted()).to.deep.equal([false]);
      }
    });

    it('of the half that is out when it is left while bisecting', () => {
      const out = new Subject<ScoresLike>();
      const signals: AbortSignal[] = [];
      const scorer = subtask<number>('tech', ['tech'], (documents, signal) => {
        signals.push(signal);
        return documents.length > 1 ? throwError(() => 'no') : out;
      });
      const seen = collect(runSubtask(scorer, [1, 2], true));
      expect(signals).to.have.length(2);
      seen.unsubscribe();
      expect(signals.map(({ aborted }) => aborted)).to.deep.equal([false, true]);
      expect(out.observed).to.equal(false);
    });
  });
});
