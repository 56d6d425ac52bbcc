import { expect } from 'chai';
import { GroupCommitter } from '../../src/kafka/committer.ts';
import { FakeError } from './fake-broker.ts';
import { emit, Fixture, finish } from './fake-coordinator.ts';
import { turn } from './fake-time.ts';

describe('GroupCommitter', () => {
  it('commits when enough is finished', async () => {
    const fixture = new Fixture({ commitEvery: 3 });
    const assignment = fixture.assign('t', 0);
    finish(assignment, 2);
    await turn();
    expect(fixture.asked).to.deep.equal([]);
    finish(assignment, 1);
    expect(await fixture.take()).to.deep.equal([{ topic: 't', partition: 0, offset: 3 }]);
    expect(assignment.ledger.committed).to.equal(3);
    expect(fixture.time.waiting).to.equal(0);
  });

  it('commits after some time, counted from the first that was finished', async () => {
    const fixture = new Fixture({ commitInterval: 1000 });
    const assignment = fixture.assign('t', 0);
    finish(assignment, 1);
    await fixture.time.pass(999);
    finish(assignment, 1);
    expect(fixture.asked).to.deep.equal([]);
    await fixture.time.pass(1);
    expect(await fixture.take()).to.deep.equal([{ topic: 't', partition: 0, offset: 2 }]);
    expect(fixture.time.waiting).to.equal(0);
  });

  it('commits all partitions together, each by its topic', async () => {
    const fixture = new Fixture();
    finish(fixture.assign('t', 0), 1);
    finish(fixture.assign('t', 1), 2);
    finish(fixture.assign('u', 0), 3);
    fixture.assign('u', 1);
    void fixture.committer.flush();
    await turn();
    expect(await fixture.take()).to.deep.equal([
      { topic: 't', partition: 0, offset: 1 },
      { topic: 't', partition: 1, offset: 2 },
      { topic: 'u', partition: 0, offset: 3 },
    ]);
    expect(fixture.events).to.deep.equal([
      {
        type: 'commit',
        offsets: [
          { topic: 't', partition: 0, offset: 1 },
          { topic: 't', partition: 1, offset: 2 },
          { topic: 'u', partition: 0, offset: 3 },
        ],
        milliseconds: 0,
      },
    ]);
  });

  it('says how long a commit took', async () => {
    const fixture = new Fixture({ commitEvery: 1 });
    finish(fixture.assign('t', 0), 1);
    await fixture.time.pass(40);
    await fixture.take();
    expect(fixture.events[0]).to.include({ type: 'commit', milliseconds: 40 });
  });

  it('has one commit under way at a time; what is finished meanwhile goes with the next', async () => {
    const fixture = new Fixture({ commitEvery: 1 });
    const assignment = fixture.assign('t', 0);
    finish(assignment, 1);
    finish(assignment, 5);
    await fixture.time.pass(5000);
    expect(fixture.asked.length).to.equal(1);
    expect(await fixture.take()).to.deep.equal([{ topic: 't', partition: 0, offset: 1 }]);
    await fixture.time.pass(1000);
    expect(await fixture.take()).to.deep.equal([{ topic: 't', partition: 0, offset: 6 }]);
    expect(fixture.time.waiting).to.equal(0);
  });

  it('commits nothing that waits for a document before it', async () => {
    const fixture = new Fixture({ commitEvery: 1 });
    const [head, ...others] = emit(fixture.assign('t', 0), 4);
    for (const delivery of others) delivery.acknowledge();
    await fixture.time.pass(5000);
    expect(fixture.asked).to.deep.equal([]);
    expect(fixture.events).to.deep.equal([]);
    head?.acknowledge();
    expect(await fixture.take()).to.deep.equal([{ topic: 't', partition: 0, offset: 4 }]);
  });

  it('tries again after a failure, and says so', async () => {
    const fixture = new Fixture({ commitEvery: 1 });
    finish(fixture.assign('t', 0), 1);
    const error = new FakeError('NOT_COORDINATOR_FOR_GROUP', { retriable: true });
    await fixture.refuse(error);
    expect(fixture.events).to.deep.equal([{ type: 'commit-failed', error, superseded: false }]);
    await fixture.time.pass(1000);
    expect(await fixture.take()).to.deep.equal([{ topic: 't', partition: 0, offset: 1 }]);
    expect(fixture.failures).to.deep.equal([]);
  });

  it('takes it for a failure, too, if the client throws', async () => {
    const fixture = new Fixture({ commitEvery: 1 });
    fixture.committer.through({
      ...fixture.payload,
      commitOffsetsIfNecessary: () => {
        throw new Error('not now');
      },
    });
    finish(fixture.assign('t', 0), 1);
    await turn();
    expect(fixture.events.map(({ type }) => type)).to.deep.equal(['commit-failed']);
  });

  for (const type of ['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'])
    it(`does not try again when the group has moved on: ${type}`, async () => {
      const fixture = new Fixture({ commitEvery: 1 });
      finish(fixture.assign('t', 0), 1);
      const error = new Error('wrapped', { cause: new FakeError(type) });
      await fixture.refuse(error);
      expect(fixture.events).to.deep.equal([{ type: 'commit-failed', error, superseded: true }]);
      await fixture.time.pass(5000);
      expect(fixture.asked).to.deep.equal([]);
      expect(fixture.time.waiting).to.equal(0);
    });

  it('gives up on what trying again does not mend', async () => {
    const fixture = new Fixture({ commitEvery: 1 });
    finish(fixture.assign('t', 0), 1);
    const error = new FakeError('GROUP_AUTHORIZATION_FAILED');
    await fixture.refuse(error);
    expect(fixture.failures).to.deep.equal([error]);
    await fixture.time.pass(5000);
    expect(fixture.asked).to.deep.equal([]);
  });

  it('commits nothing for a partition that is not ours any more', async () => {
    const fixture = new Fixture({ commitEvery: 2 });
    const assignment = fixture.assign('t', 0);
    assignment.revoke();
    finish(assignment, 2);
    finish(fixture.assign('t', 1), 1);
    void fixture.committer.flush();
    await turn();
    expect(await fixture.take()).to.deep.equal([{ topic: 't', partition: 1, offset: 1 }]);
    expect(fixture.asked).to.deep.equal([]);
  });

  it('commits nothing before the consumer was in a batch', async () => {
    const fixture = new Fixture();
    const committer = new GroupCommitter({
      commitEvery: 1,
      commitInterval: 1,
      scheduler: fixture.time,
      observe: () => {},
      assignments: () => fixture.assignments,
      failed: () => {},
    });
    committer.finished();
    await committer.flush();
    expect(fixture.asked).to.deep.equal([]);
  });

  it('flushes what was finished during a commit that is under way', async () => {
    const fixture = new Fixture({ commitEvery: 1 });
    const assignment = fixture.assign('t', 0);
    finish(assignment, 1);
    finish(assignment, 1);
    let flushed = false;
    void fixture.committer.flush().then(() => {
      flushed = true;
    });
    expect(await fixture.take()).to.deep.equal([{ topic: 't', partition: 0, offset: 1 }]);
    expect(flushed).to.equal(false);
    expect(await fixture.take()).to.deep.equal([{ topic: 't', partition: 0, offset: 2 }]);
    expect(flushed).to.equal(true);
  });

  it('flushes nothing if there is nothing, and does not reject if that fails', async () => {
    const fixture = new Fixture();
    await fixture.committer.flush();
    finish(fixture.assign('t', 0), 1);
    const flushing = fixture.committer.flush();
    await turn();
    await fixture.refuse(new Error('no'));
    await flushing;
  });

  it('leaves no timer when it is closed, and commits nothing afterwards', async () => {
    const fixture = new Fixture({ commitEvery: 100 });
    const assignment = fixture.assign('t', 0);
    finish(assignment, 1);
    await fixture.committer.close();
    finish(assignment, 200);
    await fixture.time.pass(10_000);
    expect(fixture.asked).to.deep.equal([]);
    expect(fixture.time.waiting).to.equal(0);
  });

  it('waits for the commit under way when it is closed, and does not try again if that fails', async () => {
    const fixture = new Fixture({ commitEvery: 1 });
    finish(fixture.assign('t', 0), 2);
    let closed = false;
    void fixture.committer.close().then(() => {
      closed = true;
    });
    await turn();
    expect(closed).to.equal(false);
    await fixture.refuse(new Error('no'));
    expect(closed).to.equal(true);
    expect(fixture.time.waiting).to.equal(0);
  });

  it('leaves the rest to others: nothing is claimed, and nothing waits for credit', async () => {
    const fixture = new Fixture();
    expect(await fixture.committer.claim()).to.equal(0);
    fixture.committer.starved();
    fixture.committer.release();
    expect(fixture.asked).to.deep.equal([]);
  });
});
