import { expect } from 'chai';
import fc from 'fast-check';
import type { Assignment } from '../../src/kafka/assignment.ts';
import { Delivery } from '../../src/kafka/delivery.ts';
import { FakeError } from './fake-broker.ts';
import { type Asked, Fixture } from './fake-coordinator.ts';
import { turn } from './fake-time.ts';

/** Two partitions over several epochs, and a coordinator that keeps what it is told if the epoch is the present one. */
class History {
  readonly #fixture: Fixture;
  readonly #kept = new Map<number, number>();
  readonly #violations: string[] = [];
  #deliveries: Delivery[] = [];

  constructor(commitEvery: number) {
    this.#fixture = new Fixture({ commitEvery, commitInterval: 100 });
    this.#join();
  }

  async take(kind: string, n: number): Promise<void> {
    const { assignments, time, committer } = this.#fixture;
    if (kind === 'emit') this.#emit(assignments[n % 2], n % 3);
    else if (kind === 'finish') this.#deliveries[n % this.#deliveries.length]?.acknowledge();
    else if (kind === 'join') this.#join();
    else if (kind === 'pass') await time.pass(n * 20);
    else if (kind === 'flush') void committer.flush();
    else await this.#answer(kind);
    this.#deliveries = this.#deliveries.filter(({ finished }) => !finished);
    await turn();
  }

  /** With a good coordinator, all that is finished is committed. */
  async end(): Promise<void> {
    for (const delivery of this.#deliveries) delivery.acknowledge();
    this.#deliveries = [];
    for (let i = 0; i < 4; i++) {
      await this.#fixture.time.pass(100);
      await this.#answer('take');
    }
    expect(this.#violations).to.deep.equal([]);
    for (const { partition, ledger } of this.#fixture.assignments)
      if (ledger.position !== undefined) expect(this.#kept.get(partition)).to.equal(ledger.position);
    expect(this.#fixture.time.waiting).to.equal(0);
  }

  #emit(assignment: Assignment | undefined, gap: number): void {
    if (!assignment) return;
    const offset = assignment.ledger.position ?? this.#kept.get(assignment.partition) ?? 0;
    const delivery = new Delivery(assignment, offset + gap, 0);
    assignment.ledger.emit(delivery);
    this.#deliveries.push(delivery);
  }

  #join(): void {
    for (const each of this.#fixture.assignments) each.revoke();
    this.#fixture.assignments = [];
    this.#fixture.epoch++;
    for (const partition of [0, 1]) this.#fixture.assign('t', partition);
  }

  async #answer(kind: string): Promise<void> {
    const [asked] = this.#fixture.asked;
    if (!asked) return;
    const present = asked.epoch === this.#fixture.epoch;
    if (present && kind !== 'refuse') this.#keep(asked);
    if (present && kind === 'take') await this.#fixture.take();
    else await this.#fixture.refuse(new FakeError(present ? 'REQUEST_TIMED_OUT' : 'ILLEGAL_GENERATION'));
  }

  #keep({ offsets }: Asked): void {
    for (const { partition, offset } of offsets) {
      const before = this.#kept.get(partition) ?? 0;
      if (offset < before) this.#violations.push(`${partition} goes back from ${before} to ${offset}`);
      for (const { assignment, offset: unfinished } of this.#deliveries)
        if (assignment.partition === partition && !assignment.revoked && unfinished < offset)
          this.#violations.push(`${partition}/${offset} goes beyond ${unfinished}`);
      this.#kept.set(partition, offset);
    }
  }
}

describe('GroupCommitter', () => {
  it('commits what was finished in its epoch and nothing else, and never goes back, whatever is refused or late', async () => {
    const kinds = ['emit', 'emit', 'finish', 'finish', 'finish', 'take', 'refuse', 'lose', 'join', 'pass', 'flush'];
    const action = fc.tuple(fc.constantFrom(...kinds), fc.nat(11));
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { maxLength: 50 }),
        fc.integer({ min: 1, max: 5 }),
        async (actions, commitEvery) => {
          const history = new History(commitEvery);
          for (const [kind, n] of actions) await history.take(kind, n);
          await history.end();
        },
      ),
      { numRuns: 1000 },
    );
  });
});
