import { expect } from 'chai';
import fc from 'fast-check';
import { FakeError } from './fake-broker.ts';
import { Owner } from './fake-owner.ts';
import { FakeTime } from './fake-time.ts';
import { FakeTransactions, type Fault, TOO_LARGE } from './fake-transactions.ts';

const KEY = 'documents/0';
/** Documents in the topic. */
const END = 24;

const isFiltered = (offset: number): boolean => offset % 5 === 0;
const isTooLarge = (offset: number): boolean => offset % 7 === 3;

/** Two processes that both may believe to have the partition. */
class Contest {
  readonly #time = new FakeTime();
  readonly #cluster = new FakeTransactions(this.#time);
  readonly #owners = [new Owner(this.#cluster, this.#time), new Owner(this.#cluster, this.#time)] as const;
  readonly #faults: (Fault | undefined)[];
  readonly #violations: string[] = [];
  readonly #starts = new Map<Owner, number>();

  constructor(faults: readonly (Fault | undefined)[]) {
    this.#faults = [...faults];
    this.#cluster.fault = () => this.#faults.shift();
    this.#cluster.onCommit = () => this.#check();
    for (const owner of this.#owners) this.#join(owner);
  }

  async take(kind: string, who: number, n: number): Promise<void> {
    const owner = this.#owners[who % 2 ? 1 : 0];
    if (kind === 'join') {
      owner.leave();
      this.#join(owner);
    } else if (kind === 'leave') owner.leave();
    else if (kind === 'read') this.#read(owner, (n % 6) + 1);
    else if (kind === 'settle') this.#settle(owner, n);
    else if (kind === 'flush') owner.committer.starved();
    else await this.#time.pass(n * 30);
  }

  /** No more faults, and one of them is told that it has lost the partition. */
  async end(winner: number): Promise<void> {
    this.#faults.length = 0;
    const [loser, owner] = winner ? this.#owners : [this.#owners[1], this.#owners[0]];
    loser.leave();
    if (!owner.assignment) this.#join(owner);
    for (let i = 0; i < 40 && (this.#cluster.offsets.get(KEY) ?? 0) < END; i++) {
      this.#read(owner, 8);
      await this.#time.pass(500);
      while (owner.waiting.length > 0) this.#settle(owner, i);
      await this.#time.pass(2000);
    }
    expect(this.#violations.join('; ')).to.equal('');
    expect(this.#cluster.offsets.get(KEY)).to.equal(END);
    for (const each of this.#owners) {
      while (each.waiting.length > 0) this.#settle(each, 0);
      void each.committer.close();
    }
    await this.#time.pass(500);
    expect(this.#owners.map(({ failures }) => failures)).to.deep.equal([[], []]);
    expect(
      this.#owners.map(({ inFlight }) => inFlight),
      'in flight',
    ).to.deep.equal([0, 0]);
    expect(this.#time.waiting, 'timers').to.equal(0);
    expect(this.#cluster.connected, 'connections').to.equal(0);
  }

  /** What is committed by now is where the group will have it read from, though more may be committed before it does. */
  #join(owner: Owner): void {
    owner.join();
    this.#starts.set(owner, this.#cluster.offsets.get(KEY) ?? 0);
  }

  #read(owner: Owner, count: number): void {
    const start = owner.assignment?.ledger.position ?? this.#starts.get(owner) ?? 0;
    const offsets = Array.from({ length: count }, (_, i) => start + i).filter((offset) => offset < END);
    void owner.take(offsets);
  }

  #settle(owner: Owner, which: number): void {
    const document = owner.pick(which);
    if (!document) return;
    const { offset } = document.delivery;
    if (isFiltered(offset)) document.delivery.acknowledge();
    else
      owner.send(document, isTooLarge(offset) ? `${offset} ${TOO_LARGE}` : String(offset), 'verdicts', (error) => {
        if (!(error instanceof FakeError)) this.#violations.push(`${offset} fails: ${error}`);
        // What a source does with a document that a stage cannot label.
        owner.send(document, String(offset), 'dead-letters', (error) =>
          this.#violations.push(`the dead letter of ${offset} fails: ${error}`),
        );
      });
  }

  /** Whoever reads what is committed sees each document before the committed offset once, and no other. */
  #check(): void {
    const offset = this.#cluster.offsets.get(KEY) ?? 0;
    const seen = this.#cluster.committed.map(({ value }) => Number(value)).toSorted((a, b) => a - b);
    const due = Array.from({ length: offset }, (_, i) => i).filter((each) => !isFiltered(each));
    if (seen.join() !== due.join()) this.#violations.push(`at ${offset}, a reader has seen ${seen}`);
    for (const { topic, value } of this.#cluster.committed)
      if ((topic === 'dead-letters') !== isTooLarge(Number(value))) this.#violations.push(`${value} is in ${topic}`);
  }
}

describe('transactions', () => {
  it('show each document once, whatever fails, and whoever believes to have the partition', async function () {
    this.timeout(60_000);
    const kinds = [
      'join',
      'leave',
      'flush',
      ...Array(6).fill('read'),
      ...Array(9).fill('settle'),
      ...Array(5).fill('pass'),
    ];
    const action = fc.tuple(fc.constantFrom(...kinds), fc.nat(1), fc.nat(30));
    const fault = fc.oneof(
      { arbitrary: fc.constant(undefined), weight: 6 },
      { arbitrary: fc.constantFrom<Fault[]>('lost', 'answer lost', new FakeError('UNKNOWN')), weight: 1 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { minLength: 20, maxLength: 80 }),
        fc.array(fault, { maxLength: 60 }),
        fc.nat(1),
        async (actions, faults, winner) => {
          const contest = new Contest(faults);
          for (const [kind, who, n] of actions) await contest.take(kind, who, n);
          await contest.end(winner);
        },
      ),
      { numRuns: 500 },
    );
  });
});
