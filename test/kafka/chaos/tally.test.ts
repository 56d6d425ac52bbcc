import { expect } from 'chai';
import { Findings } from './findings.ts';
import { type Output, Tally } from './tally.ts';
import { Tenures } from './tenures.ts';
import type { Mode } from './worker-config.ts';

/** `a` has partition 0 from the first generation on, `b` from the second, when 10 was committed. */
const tenures = new Tenures({
  commits: [{ partition: 0, offset: 10, at: 150 }],
  generations: [
    { number: 1, at: 100, owners: new Map([[0, 'a']]) },
    { number: 2, at: 200, owners: new Map([[0, 'b']]) },
  ],
});

const byA: Output = { id: 12, partition: 0, offset: 12, worker: 'a', joined: 101 };
const byB: Output = { id: 12, partition: 0, offset: 12, worker: 'b', joined: 201 };

function tallied(
  mode: Mode,
  ...outputs: readonly Output[]
): { readonly tally: Tally; readonly found: readonly string[] } {
  const findings = new Findings();
  const tally = new Tally({ mode, documents: 20 }, tenures, findings);
  for (const output of outputs) tally.add(output);
  return { tally, found: findings.all.map(({ what }) => what) };
}

describe('a tally', () => {
  it('counts records and documents, and tells the first', () => {
    const tally = new Tally({ mode: 'at-least-once', documents: 20 }, tenures, new Findings());
    expect([tally.add(byA), tally.add(byB), tally.add({ ...byB, id: 13, offset: 13 })]).to.deep.equal([
      true,
      false,
      true,
    ]);
    expect([tally.total, tally.repeated, tally.of(12), tally.of(13), tally.of(14)]).to.deep.equal([3, 1, 2, 1, 0]);
    expect([...tally.takeovers]).to.deep.equal([['b/0/201', 1]]);
  });

  it('excuses what came again because it was not committed, unless once is promised', () => {
    expect(tallied('at-least-once', byA, byB).found).to.deep.equal([]);
    expect(tallied('exactly-once', byA, byB).found).to.deep.equal(['a document was done twice']);
  });

  it('excuses a zombie that comes late with what it had', () => {
    expect(tallied('at-least-once', byB, byA).found).to.deep.equal([]);
  });

  it('finds what came again though it was committed', () => {
    const committed = { id: 9, offset: 9 };
    const { found } = tallied('at-least-once', { ...byA, ...committed }, { ...byB, ...committed });
    expect(found).to.deep.equal(['a document came again after its offset was committed']);
  });

  it('finds what one worker sent twice', () => {
    expect(tallied('at-least-once', byA, byA).found).to.deep.equal(['a worker sent a document twice']);
    expect(tallied('at-least-once', byA, byB, byB).found).to.deep.equal(['a worker sent a document twice']);
  });

  it('finds the work of somebody who did not have the partition', () => {
    const { found } = tallied('at-least-once', { ...byB, joined: 150 });
    expect(found).to.deep.equal(['a worker did what the group had not given it']);
  });

  it('finds what was never sent', () => {
    expect(tallied('at-least-once', { ...byA, id: 20 }).found).to.deep.equal(['a document was never sent']);
    expect(tallied('at-least-once', { ...byA, id: Number.NaN }).found).to.deep.equal(['a document was never sent']);
  });
});
