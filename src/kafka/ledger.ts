/** A record that was emitted and is not finished. */
export interface LedgerEntry {
  readonly offset: number;
  /** Set by {@link OffsetLedger.finish}. */
  finished: boolean;
}

/** Finished entries that may stay before we look whether there are too many. */
const SLACK = 32;

/**
 * Which offset of a partition may be committed: that up to which everything emitted is finished.
 *
 * Offsets come in rising order, but not without gaps: compaction removes records, and transactions leave markers. Records finish in
 * any order. The *frontier* is the offset of the first that is not finished, or else the one after the last that was read; a commit
 * of it loses nothing, and it never goes back. Emitting and finishing cost amortised constant time, and what is kept is in proportion
 * to what is in flight, even if the first of it never finishes.
 *
 * ```text
 * offsets     3   4       7   8   9
 *             ■   ■       □   ■   □       ■ finished  □ in flight  (5 and 6 were compacted away)
 * committed   ^3          ^frontier   ^position: 10
 * ```
 */
export class OffsetLedger<E extends LedgerEntry> {
  /** In the order of their offsets; those before the head are finished, and some of the others may be. */
  #entries: E[] = [];
  #head = 0;
  #unfinished = 0;
  #position: number | undefined;
  #committed: number | undefined;

  /** The offset of the next record to read; undefined before the first. */
  get position(): number | undefined {
    return this.#position;
  }

  /** What was last committed; undefined before the first time. */
  get committed(): number | undefined {
    return this.#committed;
  }

  /** How many are in flight. */
  get unfinished(): number {
    return this.#unfinished;
  }

  /** The first that is not finished. */
  get oldest(): E | undefined {
    return this.#entries[this.#head];
  }

  /** The offset before which everything is finished; undefined before the first record. */
  get frontier(): number | undefined {
    return this.oldest?.offset ?? this.#position;
  }

  /** What to commit now; undefined if nothing was finished since the last commit. */
  get committable(): number | undefined {
    const { frontier } = this;
    return frontier !== undefined && frontier > (this.#committed ?? this.#first) ? frontier : undefined;
  }

  /** A record goes out. Throws a `RangeError` if it comes again or too early: that would corrupt what is committed. */
  emit(entry: E): void {
    if (entry.offset < (this.#position ?? 0))
      throw new RangeError(`Expected an offset of at least ${this.#position}, got ${entry.offset}`);
    if (this.#position === undefined) this.#first = entry.offset;
    this.#entries.push(entry);
    this.#position = entry.offset + 1;
    this.#unfinished++;
  }

  /** There is nothing to wait for before this offset: the rest of a batch was control records, or was taken out. */
  skipTo(offset: number): void {
    if (this.#position === undefined) this.#first = offset;
    if (this.#position === undefined || offset > this.#position) this.#position = offset;
  }

  /** A record is finished; a second time changes nothing. */
  finish(entry: E): void {
    if (entry.finished) return;
    entry.finished = true;
    this.#unfinished--;
    while (this.#entries[this.#head]?.finished) this.#head++;
    if (this.#entries.length > 2 * this.#unfinished + SLACK) this.#compact();
  }

  /** An offset was committed. An older one than before changes nothing: commits are confirmed in any order. */
  commit(offset: number): void {
    if (offset > (this.#committed ?? -1)) this.#committed = offset;
  }

  /**
   * The records from the oldest on for which something holds or that are finished, up to the first for which neither is so, and the
   * offset before which there are no others.
   */
  prefix(holds: (entry: E) => boolean): { readonly entries: readonly E[]; readonly frontier: number | undefined } {
    const entries: E[] = [];
    for (let i = this.#head; i < this.#entries.length; i++) {
      const entry = this.#entries[i];
      if (!entry) break;
      if (!entry.finished && !holds(entry)) return { entries, frontier: entry.offset };
      if (!entry.finished) entries.push(entry);
    }
    return { entries, frontier: this.#position };
  }

  /** Where we began: nothing before it is ours to commit. */
  #first = 0;

  /** More than half is finished: each entry pays for one copy of another. */
  #compact(): void {
    this.#entries = this.#entries.filter(({ finished }) => !finished);
    this.#head = 0;
  }
}
