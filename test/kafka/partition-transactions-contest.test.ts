import { expect } from 'chai';
import { Owner } from './fake-owner.ts';
import { FakeTime } from './fake-time.ts';
import { FakeTransactions, TOO_LARGE } from './fake-transactions.ts';

describe('the transactions of a partition,', () => {
  let time: FakeTime;
  let cluster: FakeTransactions;
  let owner: Owner;

  beforeEach(() => {
    time = new FakeTime();
    cluster = new FakeTransactions(time);
    owner = new Owner(cluster, time);
  });

  afterEach(async () => {
    void owner.committer.close();
    await time.pass(1000);
    expect(time.waiting, 'timers').to.equal(0);
    expect(cluster.connected, 'connections').to.equal(0);
  });

  describe('against another process that believes to have the partition', () => {
    let other: Owner;

    beforeEach(async () => {
      other = new Owner(cluster, time);
      await owner.reads(0, 1, 2);
      other.join();
      void other.take([0, 1]);
      await time.pass(50);
    });

    afterEach(async () => {
      void other.committer.close();
      await time.pass(1000);
    });

    it('show nothing of what was prepared before it began, and are told of it', async () => {
      owner.sends(0);
      await time.pass(120);
      expect(cluster.values).to.deep.equal([]);
      const [event] = owner.events;
      expect(event).to.include({ type: 'transaction-failed', topic: 'documents', partition: 0, fenced: true });
    });

    it('leave the other in peace for a second, in which the group may tell whose the partition is', async () => {
      owner.sends(0);
      await time.pass(1100);
      expect(cluster.producers).to.equal(2);
      await time.pass(100);
      expect(cluster.producers).to.equal(3);
    });

    it('confirm what the other has committed, pass over what it has done, and go on behind it', async () => {
      for (const each of other.waiting) other.send(each, `other ${each.delivery.offset}`);
      await time.pass(150);
      expect(cluster.committedOffset).to.equal(2);
      owner.sends(0);
      await time.pass(1500);
      expect(owner.told, 'was prepared').to.deep.equal([[0, 'confirmed']]);
      owner.sends(1);
      expect(owner.told[1], 'came too late').to.deep.equal([1, 'superseded']);
      owner.sends(2);
      await time.pass(200);
      expect(cluster.values).to.deep.equal(['other 0', 'other 1', '2']);
      expect(cluster.committedOffset).to.equal(3);
    });

    it('are not held up by a document that the other has done and that nobody settles here', async () => {
      for (const each of other.waiting) other.send(each, `other ${each.delivery.offset}`);
      await time.pass(150);
      owner.sends(2);
      owner.assignment?.ledger.commit(2);
      await time.pass(2000);
      expect(cluster.values).to.deep.equal(['other 0', 'other 1', '2']);
    });

    it('begin, with the next batch, behind what the other has committed', async () => {
      for (const each of other.waiting) other.send(each, `other ${each.delivery.offset}`);
      await time.pass(150);
      other.leave();
      await time.pass(50);
      owner.leave();
      await time.pass(50);
      owner.waiting = [];
      await owner.reads(0, 1, 2);
      expect(owner.waiting.map(({ delivery }) => delivery.offset)).to.deep.equal([2]);
    });
  });

  describe('with a record that the broker does not take', () => {
    const sendWith = (large: readonly number[]): void => {
      for (const { delivery } of owner.waiting)
        owner.send(
          owner.document(delivery.offset),
          large.includes(delivery.offset) ? `${delivery.offset} ${TOO_LARGE}` : `${delivery.offset}`,
        );
    };

    it('refuse that alone; its neighbours go, without waiting for the interval each time', async () => {
      await owner.reads(0, 1, 2, 3, 4, 5, 6, 7);
      sendWith([5]);
      await time.pass(500);
      const refused = owner.fates.filter(({ fate }) => typeof fate === 'object');
      expect(refused.map(({ offset }) => offset)).to.deep.equal([5]);
      expect(cluster.values).to.deep.equal(['0', '1', '2', '3', '4']);
      expect(cluster.committedOffset).to.equal(5);
      owner.document(5).delivery.acknowledge();
      await time.pass(300);
      expect(cluster.values).to.deep.equal(['0', '1', '2', '3', '4', '6', '7']);
      expect(cluster.committedOffset).to.equal(8);
    });

    it('may take another in its place, a smaller one', async () => {
      await owner.reads(0);
      sendWith([0]);
      await time.pass(300);
      owner.send(owner.document(0), 'small', 'dead-letters');
      await time.pass(300);
      expect(cluster.committed).to.deep.equal([{ topic: 'dead-letters', value: 'small' }]);
      expect(cluster.committedOffset).to.equal(1);
    });

    it('refuse all, if all are too large', async () => {
      await owner.reads(0, 1, 2);
      sendWith([0, 1, 2]);
      for (let i = 0; i < 3; i++) {
        await time.pass(1000);
        const [first] = owner.fates.filter(({ fate }) => typeof fate === 'object').slice(-1);
        if (first) owner.document(first.offset).delivery.acknowledge();
      }
      await time.pass(1000);
      expect(owner.fates.map(({ offset }) => offset).toSorted()).to.deep.equal([0, 1, 2]);
      expect(cluster.committedOffset).to.equal(3);
    });

    it('never put more in a request than brokers take, and do not stop at the first', async () => {
      await owner.reads(0, 1, 2, 3, 4);
      for (const each of owner.waiting) owner.send(each, 'x'.repeat(300_000));
      await time.pass(200);
      expect(cluster.requests.map(({ length }) => length)).to.deep.equal([2, 2, 1]);
      expect(cluster.committedOffset).to.equal(5);
    });
  });
});
