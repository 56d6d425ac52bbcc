import { expect } from 'chai';
import type { Document } from '../../src/document/document.ts';
import { LockstepError } from '../../src/errors.ts';
import { type Fate, Owner } from './fake-owner.ts';
import { FakeTime } from './fake-time.ts';
import { FakeTransactions } from './fake-transactions.ts';

describe('Transactions', () => {
  let time: FakeTime;
  let cluster: FakeTransactions;
  let owner: Owner;

  beforeEach(() => {
    time = new FakeTime();
    cluster = new FakeTransactions(time);
    owner = new Owner(cluster, time);
  });

  /** What is told of a record at once. */
  const fateOf = (document: Document): Fate | undefined => {
    let fate: Fate | undefined;
    owner.outlet.send({
      document,
      topic: 'verdicts',
      record: { value: 'x' },
      confirmed: () => {
        fate = 'confirmed';
      },
      superseded: () => {
        fate = 'superseded';
      },
      failed: (failed) => {
        fate = { failed };
      },
    });
    return fate;
  };

  const record = { topic: 't', partition: 0, offset: '0', timestamp: 0, key: null, value: null, headers: {} };
  const strangers: [string, Document & { readonly kafka?: object }][] = [
    ['comes from elsewhere', { text: 'a' }],
    ['has something else for its record', { text: 'a', kafka: { topic: 't' } }],
    ['has a copy of its record', { text: 'a', kafka: record }],
  ];
  for (const [what, document] of strangers)
    it(`fail a document that ${what}`, () => {
      const fate = fateOf(document);
      expect(fate)
        .to.have.property('failed')
        .that.is.instanceOf(LockstepError)
        .with.property('code', 'INVALID_DOCUMENT');
    });

  it('fail a document whose source does not commit through them', async () => {
    const elsewhere = new Owner(cluster, time);
    await elsewhere.reads(0);
    const fate = fateOf(elsewhere.document(0));
    expect(fate).to.have.property('failed').that.is.instanceOf(LockstepError).with.property('code', 'INVALID_ARGUMENT');
  });

  it('supersede a document of a partition that is not ours any more', async () => {
    await owner.reads(0);
    const document = owner.document(0);
    owner.leave();
    expect(fateOf(document)).to.equal('superseded');
  });

  it('are apart for each partition: what one waits for holds up no other', async () => {
    await owner.reads(0, 1);
    const first = owner.assignment;
    const second = owner.join('documents', 1);
    void owner.take([0]);
    await time.pass(50);
    for (const each of owner.waiting) if (each.delivery.assignment === second) owner.send(each, 'of the second');
    await time.pass(200);
    expect(Object.fromEntries(cluster.offsets)).to.deep.equal({ 'documents/1': 1 });
    expect(cluster.configs.map(({ transactionalId }) => transactionalId)).to.deep.equal([
      'labels-group-documents-0',
      'labels-group-documents-1',
    ]);
    if (first) owner.committer.release([first]);
  });

  it('flush all partitions, and then rest', async () => {
    await owner.reads(0);
    owner.sends(0);
    owner.join('documents', 1);
    void owner.take([0]);
    await time.pass(50);
    for (const each of owner.waiting) if (!each.delivery.prepared) owner.send(each, '1/0');
    let flushed = false;
    void owner.committer.flush().then(() => {
      flushed = true;
    });
    await time.pass(20);
    expect(flushed).to.equal(true);
    expect(Object.fromEntries(cluster.offsets)).to.deep.equal({ 'documents/0': 1, 'documents/1': 1 });
    await owner.committer.flush();
    expect(time.waiting).to.equal(0);
  });

  it('end with what is under way, when they are closed', async () => {
    await owner.reads(0, 1);
    owner.sends(0);
    owner.committer.starved();
    await time.pass(7);
    owner.sends(1);
    let closed = false;
    void owner.committer.close().then(() => {
      closed = true;
    });
    await time.pass(8);
    expect(closed).to.equal(false);
    await time.pass(20);
    expect(closed).to.equal(true);
    expect(owner.told).to.deep.equal([
      [0, 'confirmed'],
      [1, 'superseded'],
    ]);
    expect(cluster.connected).to.equal(0);
    expect(time.waiting).to.equal(0);
    await owner.committer.close();
  });

  it('give up a claim when they are closed', async () => {
    cluster.fault = (step) => (step === 'init' ? 'lost' : undefined);
    const assignment = owner.join();
    let claimed: number | undefined;
    void owner.committer.claim(assignment).then((from) => {
      claimed = from;
    });
    await time.pass(10_000);
    expect(claimed).to.equal(undefined);
    void owner.committer.close();
    await time.pass(20);
    expect(claimed).to.equal(0);
    expect(time.waiting).to.equal(0);
  });

  it('close no outlet that others may use', async () => {
    await owner.reads(0);
    await owner.outlet.close();
    owner.sends(0);
    await time.pass(200);
    expect(cluster.values).to.deep.equal(['0']);
  });

  it('send with the compression that a sink asks for, each in a request of its own', async () => {
    const gzip = owner.transactions.openOutlet({ ...OUTLET, compression: 1, scheduler: time, observe: () => {} });
    await owner.reads(0, 1, 2);
    owner.sends(0, 2);
    gzip.send({
      document: owner.document(1),
      topic: 'dead-letters',
      record: { value: '1' },
      confirmed: () => owner.document(1).delivery.acknowledge(),
      failed: () => {},
      superseded: () => {},
    });
    await time.pass(200);
    expect(cluster.compressions).to.deep.equal([0, 1]);
    expect(cluster.requests.map((request) => request.map(({ value }) => value))).to.deep.equal([['0', '2'], ['1']]);
  });
});

const OUTLET = { acks: -1, maxBatch: 1, maxSends: 1, onClose: 'leave' } as const;
