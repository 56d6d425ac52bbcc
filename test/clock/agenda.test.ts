import { expect } from 'chai';
import fc from 'fast-check';
import { Agenda } from '../../src/clock/agenda.ts';

/** The same, in the plainest way: a list in the order of entering, sorted when asked. */
class Model {
  #entries: { readonly cycle: number; readonly entry: number }[] = [];

  get first(): number | undefined {
    return this.#sorted()[0]?.cycle;
  }

  add(cycle: number, entry: number): void {
    this.#entries.push({ cycle, entry });
  }

  remove(entry: number): void {
    this.#entries = this.#entries.filter((other) => other.entry !== entry);
  }

  take(cycle: number): number[] {
    return this.#extract((entry) => entry.cycle <= cycle);
  }

  takeIf(ready: (entry: number) => boolean): number[] {
    const { first } = this;
    return this.#extract(({ cycle, entry }) => cycle === first && ready(entry));
  }

  #extract(which: (entry: { cycle: number; entry: number }) => boolean): number[] {
    const taken = this.#sorted().filter(which);
    this.#entries = this.#entries.filter((entry) => !which(entry));
    return taken.map(({ entry }) => entry);
  }

  #sorted(): { cycle: number; entry: number }[] {
    return this.#entries.toSorted((a, b) => a.cycle - b.cycle); // stable: entries of a cycle stay in their order
  }
}

const steps = fc.array(
  fc.record({
    what: fc.constantFrom('add', 'add', 'add', 'add', 'remove', 'take', 'take if'),
    cycle: fc.integer({ min: 0, max: 8 }),
    which: fc.nat({ max: 40 }),
  }),
  { maxLength: 60 },
);

describe('Agenda', () => {
  it('is empty at first', () => {
    const agenda = new Agenda<string>();
    expect(agenda.first).to.equal(undefined);
    expect(agenda.take(Number.POSITIVE_INFINITY)).to.deep.equal([]);
    expect(agenda.takeIf(() => true)).to.deep.equal([]);
  });

  it('gives the entries of a cycle in the order in which they came, earlier cycles first', () => {
    const agenda = new Agenda<string>();
    for (const [cycle, entry] of [
      [3, 'a'],
      [1, 'b'],
      [3, 'c'],
      [2, 'd'],
      [1, 'e'],
    ] as const)
      agenda.add(cycle, entry);
    expect(agenda.first).to.equal(1);
    expect(agenda.take(2)).to.deep.equal(['b', 'e', 'd']);
    expect(agenda.first).to.equal(3);
    expect(agenda.take(3)).to.deep.equal(['a', 'c']);
    expect(agenda.first).to.equal(undefined);
  });

  it('forgets a cycle whose last entry is taken out', () => {
    const agenda = new Agenda<string>();
    const leave = agenda.add(1, 'a');
    agenda.add(2, 'b');
    leave();
    leave();
    expect(agenda.first).to.equal(2);
  });

  it('takes what is ready of the first cycle alone', () => {
    const agenda = new Agenda<string>();
    for (const entry of ['a', 'b', 'c']) agenda.add(1, entry);
    agenda.add(2, 'a later');
    expect(agenda.takeIf((entry) => entry !== 'b')).to.deep.equal(['a', 'c']);
    expect(agenda.first).to.equal(1);
    expect(agenda.takeIf(() => true)).to.deep.equal(['b']);
    expect(agenda.first).to.equal(2);
  });

  it('does what a sorted list does', () => {
    fc.assert(
      fc.property(steps, (steps) => {
        const agenda = new Agenda<number>();
        const model = new Model();
        const leave: (() => void)[] = [];
        for (const { what, cycle, which } of steps) {
          if (what === 'add') {
            model.add(cycle, leave.length);
            leave.push(agenda.add(cycle, leave.length));
          } else if (what === 'remove') {
            leave[which]?.();
            model.remove(which);
          } else if (what === 'take') {
            expect(agenda.take(cycle)).to.deep.equal(model.take(cycle));
          } else {
            const ready = (entry: number): boolean => entry % 3 !== which % 3;
            expect(agenda.takeIf(ready)).to.deep.equal(model.takeIf(ready));
          }
          expect(agenda.first).to.equal(model.first);
        }
      }),
    );
  });
});
