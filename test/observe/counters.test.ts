import { expect } from 'chai';
import { deadLetter, fanOut, zipLanes } from '../../operators/index.ts';
import { Counters } from '../../src/observe/counters.ts';
import { virtually } from '../../src/testing/index.ts';
import { Script } from './script.ts';

describe('Counters', () => {
  it('starts at zero, with no lanes', () => {
    expect(new Counters().snapshot()).to.deep.equal({
      batches: 0,
      documents: 0,
      meanBatch: 0,
      early: 0,
      rejected: 0,
      stalls: 0,
      bubbles: 0,
      lanes: {},
    });
  });

  it('counts batches, documents, stalls, bubbles, dead letters and early issues', () => {
    const counters = new Counters();
    new Script(counters.record)
      .issue(0, 0, { documents: 4 })
      .stall(1, 2)
      .answer(0, 2)
      .retire(0, 3, 3)
      .issue(1, 3, { documents: 1, early: true })
      .bubble(4, 7)
      .issue(2, 11, { documents: 2 });
    expect(counters.snapshot()).to.deep.include({
      batches: 3,
      documents: 7,
      meanBatch: 7 / 3,
      early: 1,
      rejected: 3,
      stalls: 2,
      bubbles: 7,
    });
  });

  it('counts what each lane did, and why it abstained', () => {
    const counters = new Counters();
    new Script(counters.record, ['tech', 'finance', 'idle'])
      .issue(0, 0)
      .answer(0, 1, 'tech', 'finance')
      .abstain(0, 1, 'finance', 1, 'INVALID_SCORES')
      .issue(1, 1)
      .abstain(1, 2, 'tech', 4, 'DEADLINE_MISSED')
      .issue(2, 2)
      .abstain(2, 3, 'tech', 4, 'DEADLINE_MISSED')
      .issue(3, 3)
      .abstain(3, 4, 'tech', 2, 'SUBTASK_FAILED');
    const nothing = { answers: 0, abstentions: 0, abstainedDocuments: 0, reasons: {} };
    expect(counters.snapshot().lanes).to.deep.equal({
      tech: {
        answers: 1,
        abstentions: 3,
        abstainedDocuments: 10,
        reasons: { DEADLINE_MISSED: 2, SUBTASK_FAILED: 1 },
      },
      finance: { ...nothing, answers: 1, abstentions: 1, abstainedDocuments: 1, reasons: { INVALID_SCORES: 1 } },
      idle: nothing,
    });
    expect(Object.keys(counters.snapshot().lanes)).to.deep.equal(['tech', 'finance', 'idle']);
  });

  it('takes any name for a lane', () => {
    const counters = new Counters();
    new Script(counters.record, ['__proto__', 'constructor']).issue(0, 0).answer(0, 0);
    const { lanes } = counters.snapshot();
    expect(Object.entries(lanes).map(([name, { answers }]) => [name, answers])).to.deep.equal([
      ['__proto__', 1],
      ['constructor', 1],
    ]);
  });

  it('gives snapshots that later events leave alone', () => {
    const counters = new Counters();
    const script = new Script(counters.record).issue(0, 0).abstain(0, 0, 'tech');
    const before = counters.snapshot();
    const copy = structuredClone(before);
    script.abstain(0, 1, 'tech').answer(0, 1, 'finance').retire(0, 1, 4);
    expect(before).to.deep.equal(copy);
    expect(counters.snapshot()).not.to.deep.equal(copy);
  });

  it('agrees with what a pipeline did', () => {
    const counters = new Counters();
    virtually(({ hot, clock, lanes, expectDocuments, expectRejected }) => {
      const documents = hot('ab-----c----------------d----|');
      const { subtasks } = lanes({ tech: ['', { a: 1, b: 1, c: 1 }], finance: ['-------', { a: 0, b: 0, d: 0 }] });
      const balloted = documents.pipe(
        fanOut(subtasks, { clock: clock(5), maxBatch: 2, depth: 1, observe: counters.record }),
        zipLanes({ quorum: 2 }),
        deadLetter(() => undefined),
      );
      expectDocuments(balloted).toBe('----------a---------b--------------|');
      expectRejected('cd');
    });
    // Edge 0 issues a, edge 1 stalls, edge 2 issues b and c, edges 3 and 4 find nobody, edge 5 issues d.
    const lane = { answers: 3, abstentions: 1, abstainedDocuments: 1, reasons: { INVALID_SCORES: 1 } };
    expect(counters.snapshot()).to.deep.equal({
      batches: 3,
      documents: 4,
      meanBatch: 4 / 3,
      early: 0,
      rejected: 2,
      stalls: 1,
      bubbles: 2,
      lanes: { tech: lane, finance: lane },
    });
  });
});
