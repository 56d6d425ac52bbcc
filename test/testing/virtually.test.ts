import { AssertionError } from 'node:assert';
import { expect } from 'chai';
import { pipe, timeout } from 'rxjs';
import { acknowledge, classify, fanOut, onLane, vote, zipLanes } from '../../operators/index.ts';
import { ballotOf, virtually } from '../../src/testing/index.ts';

describe('virtually', () => {
  it('runs the example of its docstring', () => {
    virtually(({ hot, clock, lanes, expectDocuments }) => {
      const documents = hot('  -a-b----c----|');
      const answers = lanes({ tech: '9', finance: ['--', { a: 0.1, b: 0.2, c: 0.99 }], culture: '-#' });
      const verdicts = documents.pipe(classify(answers, { clock: clock(5) }));
      expectDocuments(verdicts).toBe('----------(AB)-(C|)', { A: 'tech', B: 'tech', C: 'finance' });
    });
  });

  it('fails when a label, a frame or a document is another', () => {
    const run = (expected: string, labels: Record<string, string>) => () =>
      virtually(({ hot, clock, lanes, expectDocuments }) => {
        const verdicts = hot('a|').pipe(classify(lanes({ tech: '9', finance: '1' }), { clock: clock(5) }));
        expectDocuments(verdicts).toBe(expected, labels);
      });
    expect(run('a|', { a: 'finance' })).not.to.throw();
    expect(run('a|', { a: 'tech' })).to.throw(AssertionError);
    expect(run('-(a|)', { a: 'finance' })).to.throw(AssertionError);
    expect(run('(ab)|', { a: 'finance', b: 'finance' })).to.throw(AssertionError);
  });

  it('tells whether each document was settled once', () => {
    const run = (ends: boolean) => () =>
      virtually(({ hot, clock, lanes, expectDocuments, expectAcknowledged, expectSettled }) => {
        const verdicts = hot('a-b|').pipe(classify(lanes({ tech: '9' }), { clock: clock(2) }));
        expectDocuments(ends ? verdicts.pipe(acknowledge()) : verdicts).toBe('a-b|', { a: 'tech', b: 'tech' });
        if (ends) expectAcknowledged('ab');
        expectSettled();
      });
    expect(run(true)).not.to.throw();
    expect(run(false)).to.throw(AssertionError, 'exactly once');
  });

  it('collects dead letters, and tells which', () => {
    virtually(({ hot, clock, lanes, expectDocuments, expectRejected, expectSettled, deadLetters }) => {
      const answers = lanes({ tech: ['', { a: 0.9 }], finance: ['', { a: 0.2 }] });
      expectDocuments(hot('ab|').pipe(classify(answers, { clock: clock(1) }), acknowledge())).toBe('a-|', {
        a: 'tech',
      });
      expectRejected('b');
      expectSettled();
      return () => expect(deadLetters.map(({ reason }) => reason.code)).to.deep.equal(['QUORUM_MISSED']);
    })();
  });

  it('lets a lane be treated in virtual time', () => {
    virtually(({ hot, clock, lanes, expectDocuments }) => {
      const edges = clock(5);
      const { subtasks } = lanes({ tech: '9', finance: '4', culture: '' });
      const verdicts = hot('a---|').pipe(
        fanOut(subtasks, { clock: edges }),
        onLane('culture', pipe(timeout({ each: 12, scheduler: edges }))),
        zipLanes({ quorum: 2 }),
        vote(),
      );
      expectDocuments(verdicts).toBe('15ms (a|)', { a: 'tech' });
    });
  });

  it('refuses scripts that it cannot read', () => {
    for (const script of ['x', '9-', '--99', '#1'])
      expect(() => virtually(({ lanes }) => lanes({ tech: script }))).to.throw(/lanes\.tech/);
    expect(() => virtually(({ lanes }) => lanes({ tech: ['--9', {}] }))).to.throw(/lanes\.tech/);
  });
});

describe('ballotOf', () => {
  it('writes a ballot by hand', () => {
    const ballot = ballotOf({ tech: 0.5, both: { tech: 0.25, finance: 0.75 }, culture: null });
    expect(ballot.labels).to.deep.equal(['tech', 'finance', 'culture']);
    expect(ballot.scores).to.deep.equal({ tech: { tech: 0.5 }, both: { tech: 0.25, finance: 0.75 }, culture: null });
  });
});
