import { expect } from 'chai';
import type { Assignment } from '../../src/kafka/assignment.ts';
import { Delivery } from '../../src/kafka/delivery.ts';
import { Membership } from '../../src/kafka/membership.ts';

const NO_EVENTS = { finished: () => {}, rejected: () => {} };

describe('Membership', () => {
  let membership: Membership;
  let positions: string[];

  beforeEach(() => {
    membership = new Membership(NO_EVENTS);
    positions = [];
  });

  const join = (partitions: number[], memberId = 'me') =>
    membership.joined({ groupId: 'g', memberId, memberAssignment: { t: partitions } });

  /** To whom a batch with these offsets is given. */
  const batch = (partition: number, ...offsets: number[]): Assignment | undefined =>
    membership.assignmentFor({
      batch: {
        topic: 't',
        partition,
        highWatermark: '1000',
        messages: offsets.map((offset) => ({ offset: String(offset), key: null, value: null, timestamp: '0' })),
        lastOffset: () => String(offsets.at(-1)),
      },
      resolveOffset: (offset) => void positions.push(offset),
    });

  /** Reads a batch; of its documents, these are finished. */
  const read = (partition: number, offsets: number[], finished: number[] = []): void => {
    const assignment = batch(partition, ...offsets);
    if (!assignment) throw new Error('the batch is not read');
    for (const offset of offsets) {
      const delivery = new Delivery(assignment, offset, 0);
      assignment.ledger.emit(delivery);
      if (finished.includes(offset)) delivery.acknowledge();
    }
  };

  it('has no partition before it has joined', () => {
    expect([...membership.assignments]).to.deep.equal([]);
    expect(membership.epoch).to.equal(0);
    expect(batch(0, 1)).to.equal(undefined);
  });

  it('has what it was given, for as long as it is a member of that generation', () => {
    const { assigned, previous, revoked } = join([0, 1]);
    expect(assigned.map(({ topic, partition, groupId }) => [topic, partition, groupId])).to.deep.equal([
      ['t', 0, 'g'],
      ['t', 1, 'g'],
    ]);
    expect([previous, revoked]).to.deep.equal([[], []]);
    expect(batch(1, 5)).to.equal(assigned[1]);
    expect(batch(2, 5)).to.equal(undefined);
    expect(membership.epoch).to.equal(1);
  });

  it('begins anew with each joining, even with what it keeps', () => {
    const first = join([0, 1]).assigned;
    const { assigned, previous, revoked } = join([1, 2]);
    expect(previous).to.deep.equal(first);
    expect(first.every((each) => each.revoked)).to.equal(true);
    expect(assigned.some((each) => each.revoked || first.includes(each))).to.equal(false);
    expect(revoked).to.deep.equal([{ topic: 't', partition: 0 }]);
    expect(membership.epoch).to.equal(2);
  });

  it('gives everything back when asked', () => {
    const { assigned } = join([0]);
    expect(membership.revokeAll()).to.deep.equal(assigned);
    expect(assigned[0]?.revoked).to.equal(true);
    expect(batch(0, 1)).to.equal(undefined);
    expect(join([0]).previous).to.deep.equal([]);
  });

  it('reads at once a batch that begins where all before is finished', () => {
    join([0]);
    read(0, [10, 11, 12], [10]);
    const { assigned } = join([0]);
    expect(batch(0, 11, 12)).to.equal(assigned[0]);
    expect(positions).to.deep.equal([]);
  });

  it('reads at once a batch of a partition that it did not have, or has not read', () => {
    join([0]);
    const { assigned } = join([0, 1]);
    expect(batch(0, 50)).to.equal(assigned[0]);
    expect(batch(1, 50)).to.equal(assigned[1]);
  });

  it('does not read a batch that leaves out what was in flight, and goes back there', () => {
    join([0]);
    read(0, [10, 11, 12], [10, 12]);
    const { assigned } = join([0]);
    expect(batch(0, 13, 14)).to.equal(undefined);
    expect(positions).to.deep.equal(['10']);
    expect(batch(0, 11, 12)).to.equal(assigned[0]);
    expect(positions).to.deep.equal(['10']);
  });

  it('knows over several joinings what was in flight', () => {
    join([0]);
    read(0, [10, 11]);
    join([0]);
    expect(batch(0, 12)).to.equal(undefined);
    join([0]);
    expect(batch(0, 12)).to.equal(undefined);
    expect(positions).to.deep.equal(['9', '9']);
  });

  it('does not go back where another may have gone on', () => {
    join([0]);
    read(0, [10, 11]);
    const { assigned } = join([0], 'somebody anew');
    expect([batch(0, 20), batch(0, 20), batch(0, 20)]).to.deep.equal([undefined, undefined, assigned[0]]);
    expect(positions).to.deep.equal([]);
  });

  it('nor after another member had it and gave it back', () => {
    join([0, 1]);
    read(0, [10, 11]);
    join([1]);
    const { assigned } = join([0, 1]);
    expect(batch(0, 20)).to.equal(assigned[0]);
  });

  it('gives in to a client that begins elsewhere again and again: its log may begin there now', () => {
    join([0]);
    read(0, [10, 11]);
    const { assigned } = join([0]);
    expect([batch(0, 70), batch(0, 70), batch(0, 70)]).to.deep.equal([undefined, undefined, assigned[0]]);
  });

  it('does not read again what it has read', () => {
    const [assignment] = join([0]).assigned;
    read(0, [10, 11, 12]);
    expect(batch(0, 10, 11, 12, 13)).to.equal(undefined);
    expect(positions).to.deep.equal([]);
    expect(batch(0, 13, 14)).to.equal(assignment);
    expect(batch(0, 10)).to.equal(undefined);
    expect(batch(0, 20)).to.equal(assignment);
  });

  it('lets the ledger complain about a log that has begun anew', () => {
    const [assignment] = join([0]).assigned;
    read(0, [10, 11, 12]);
    expect([batch(0, 0), batch(0, 0), batch(0, 0)]).to.deep.equal([undefined, undefined, assignment]);
  });

  it('reads a batch without records', () => {
    const { assigned } = join([0]);
    expect(batch(0)).to.equal(assigned[0]);
  });
});
