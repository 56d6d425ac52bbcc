import { expect } from 'chai';
import fc from 'fast-check';
import { type LedgerEntry, OffsetLedger } from '../../src/kafka/ledger.ts';

/** An entry that knows how often the ledger has looked at it. */
class Entry implements LedgerEntry {
  readonly offset: number;
  looks = 0;
  #finished = false;

  constructor(offset: number) {
    this.offset = offset;
  }

  get finished(): boolean {
    this.looks++;
    return this.#finished;
  }

  set finished(finished: boolean) {
    this.#finished = finished;
  }
}

const emitted = (ledger: OffsetLedger<Entry>, ...offsets: number[]): Entry[] =>
  offsets.map((offset) => {
    const entry = new Entry(offset);
    ledger.emit(entry);
    return entry;
  });

describe('OffsetLedger', () => {
  it('has nothing to commit at first', () => {
    const ledger = new OffsetLedger<Entry>();
    expect(ledger).to.include({ position: undefined, committed: undefined, unfinished: 0 });
    expect(ledger).to.include({ frontier: undefined, committable: undefined, oldest: undefined });
    expect(ledger.prefix(() => true)).to.deep.equal({ entries: [], frontier: undefined });
  });

  it('lets the offset after the last be committed when all is finished', () => {
    const ledger = new OffsetLedger<Entry>();
    const [three, four] = emitted(ledger, 3, 4);
    expect(ledger).to.include({ position: 5, frontier: 3, committable: undefined, unfinished: 2 });
    if (four) ledger.finish(four);
    expect(ledger).to.include({ frontier: 3, committable: undefined, unfinished: 1, oldest: three });
    if (three) ledger.finish(three);
    expect(ledger).to.include({ frontier: 5, committable: 5, unfinished: 0, oldest: undefined });
  });

  it('goes over gaps: the frontier is the offset of the first unfinished, not the one after the last finished', () => {
    const ledger = new OffsetLedger<Entry>();
    const [first] = emitted(ledger, 3, 7);
    if (first) ledger.finish(first);
    expect(ledger.committable).to.equal(7);
  });

  it('does not offer again what is committed, and never goes back', () => {
    const ledger = new OffsetLedger<Entry>();
    for (const entry of emitted(ledger, 0, 1, 2)) ledger.finish(entry);
    ledger.commit(3);
    expect(ledger.committable).to.equal(undefined);
    ledger.commit(1);
    expect(ledger).to.include({ committed: 3, committable: undefined });
  });

  it('goes on to the end of a batch that ends in control records', () => {
    const ledger = new OffsetLedger<Entry>();
    const [only] = emitted(ledger, 4);
    ledger.skipTo(6);
    expect(ledger).to.include({ position: 6, frontier: 4 });
    if (only) ledger.finish(only);
    expect(ledger.committable).to.equal(6);
    ledger.skipTo(2);
    expect(ledger.position).to.equal(6);
  });

  it('has nothing to commit where it began, be it with a skip', () => {
    const ledger = new OffsetLedger<Entry>();
    ledger.skipTo(10);
    expect(ledger).to.include({ position: 10, frontier: 10, committable: undefined });
    ledger.skipTo(12);
    expect(ledger.committable).to.equal(12);
  });

  it('refuses a record that comes again or too early, and stays as it was', () => {
    const ledger = new OffsetLedger<Entry>();
    emitted(ledger, 5);
    for (const offset of [5, 4, 0])
      expect(() => ledger.emit(new Entry(offset))).to.throw(RangeError, `at least 6, got ${offset}`);
    expect(() => new OffsetLedger<Entry>().emit(new Entry(-1))).to.throw(RangeError);
    expect(ledger).to.include({ position: 6, unfinished: 1 });
  });

  it('counts an entry that is finished twice once', () => {
    const ledger = new OffsetLedger<Entry>();
    const [first] = emitted(ledger, 0, 1);
    if (first) ledger.finish(first);
    if (first) ledger.finish(first);
    expect(ledger).to.include({ unfinished: 1, frontier: 1 });
  });

  it('keeps few of those that are finished, even if the first never is', () => {
    const ledger = new OffsetLedger<Entry>();
    const [stuck] = emitted(ledger, 0);
    const others = Array.from({ length: 10_000 }, (_, i) => emitted(ledger, i + 1)).flat();
    for (const entry of others) ledger.finish(entry);
    for (const entry of others) entry.looks = 0;
    ledger.prefix(() => true);
    expect(others.filter(({ looks }) => looks > 0).length).to.be.below(100);
    expect(ledger).to.include({ oldest: stuck, frontier: 0, unfinished: 1, committable: undefined });
    if (stuck) ledger.finish(stuck);
    expect(ledger.committable).to.equal(10_001);
  });

  it('looks at an entry a few times in all, in whatever order they finish', () => {
    for (const order of [
      (entries: Entry[]) => entries,
      (entries: Entry[]) => entries.toReversed(),
      (entries: Entry[]) => entries.toSorted((a, b) => (a.offset % 97) - (b.offset % 97)),
    ]) {
      const ledger = new OffsetLedger<Entry>();
      const entries = emitted(ledger, ...Array.from({ length: 5000 }, (_, i) => i));
      for (const entry of order(entries)) ledger.finish(entry);
      expect(entries.reduce((sum, { looks }) => sum + looks, 0) / entries.length).to.be.below(8);
    }
  });

  it('does as a simple model does, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(9), fc.nat(40)), { maxLength: 40 }), (steps) => {
        const ledger = new OffsetLedger<Entry>();
        const model = new Model();
        for (const [kind, n] of steps) {
          const before = ledger.frontier;
          if (kind < 4) model.emit(ledger, n % 4);
          else if (kind < 8) model.finish(ledger, n);
          else if (kind === 8) model.skip(ledger, n);
          else model.commit(ledger, n);
          model.check(ledger);
          if (before !== undefined && (ledger.frontier ?? 0) < before) throw new Error('the frontier goes back');
        }
      }),
      { numRuns: 10_000 },
    );
  });
});

/** All that was ever emitted, in a list that is searched from its beginning each time. */
class Model {
  readonly #entries: { readonly entry: Entry; finished: boolean }[] = [];
  readonly #due: number[] = [];
  #first: number | undefined;
  #position: number | undefined;
  #committed: number | undefined;

  emit(ledger: OffsetLedger<Entry>, gap: number): void {
    const entry = new Entry((this.#position ?? 3) + gap);
    this.#entries.push({ entry, finished: false });
    this.#first ??= entry.offset;
    this.#position = entry.offset + 1;
    ledger.emit(entry);
  }

  finish(ledger: OffsetLedger<Entry>, which: number): void {
    const found = this.#entries[which % this.#entries.length];
    if (!found) return;
    found.finished = true;
    ledger.finish(found.entry);
    if (ledger.committable !== undefined) this.#due.push(ledger.committable);
  }

  skip(ledger: OffsetLedger<Entry>, n: number): void {
    const offset = Math.max(0, (this.#position ?? 3) + (n % 6) - 2);
    this.#first ??= offset;
    this.#position = Math.max(offset, this.#position ?? 0);
    ledger.skipTo(offset);
  }

  /** The broker confirms one of the commits that were due, perhaps an older one than before. */
  commit(ledger: OffsetLedger<Entry>, which: number): void {
    const offset = this.#due[which % this.#due.length];
    if (offset === undefined) return;
    this.#committed = Math.max(offset, this.#committed ?? 0);
    ledger.commit(offset);
  }

  check(ledger: OffsetLedger<Entry>): void {
    const unfinished = this.#entries.filter(({ finished }) => !finished).map(({ entry }) => entry);
    const frontier = unfinished[0]?.offset ?? this.#position;
    const isNew = frontier !== undefined && frontier > (this.#committed ?? this.#first ?? 0);
    same(ledger.position, this.#position, 'position');
    same(ledger.committed, this.#committed, 'committed');
    same(ledger.unfinished, unfinished.length, 'unfinished');
    same(ledger.oldest, unfinished[0], 'oldest');
    same(ledger.frontier, frontier, 'frontier');
    same(ledger.committable, isNew ? frontier : undefined, 'committable');
    const holds = ({ offset }: Entry): boolean => offset % 3 !== 0;
    const end = unfinished.findIndex((entry) => !holds(entry));
    const prefix = ledger.prefix(holds);
    same(prefix.frontier, unfinished[end]?.offset ?? this.#position, 'frontier of the prefix');
    same(prefix.entries.length, end < 0 ? unfinished.length : end, 'length of the prefix');
    for (const [i, entry] of prefix.entries.entries()) same(entry, unfinished[i], 'entry of the prefix');
  }
}

/** `expect`, for a million comparisons. */
function same(actual: unknown, expected: unknown, what: string): void {
  if (actual !== expected) expect(actual, what).to.equal(expected);
}
