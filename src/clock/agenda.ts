interface Slot<A> {
  readonly cycle: number;
  readonly entries: Set<A>;
}

/** What is to be done on which cycle: slots in the order of their cycles, entries in the order in which they came. */
export class Agenda<A> {
  readonly #slots: Slot<A>[] = [];

  /** The first cycle on which there is something to do. */
  get first(): number | undefined {
    return this.#slots[0]?.cycle;
  }

  /** Adds an entry, and returns how to take it out again. An entry stands in the agenda once at most. */
  add(cycle: number, entry: A): () => void {
    // Almost all work is for the next cycle or a few later: searching from the end finds its slot in a step or two.
    let index = this.#slots.length;
    while (index > 0 && (this.#slots[index - 1]?.cycle ?? 0) > cycle) index--;
    let slot = this.#slots[index - 1];
    if (slot?.cycle !== cycle) {
      slot = { cycle, entries: new Set() };
      this.#slots.splice(index, 0, slot);
    }
    const { entries } = slot;
    entries.add(entry);
    return () => {
      entries.delete(entry);
      if (entries.size === 0) this.#drop(cycle);
    };
  }

  /** Takes out all entries up to and including a cycle. */
  take(cycle: number): A[] {
    const later = this.#slots.findIndex((slot) => slot.cycle > cycle);
    return this.#slots.splice(0, later < 0 ? this.#slots.length : later).flatMap(({ entries }) => [...entries]);
  }

  /** Takes the entries of the first slot for which `ready` holds. */
  takeIf(ready: (entry: A) => boolean): A[] {
    const slot = this.#slots[0];
    if (!slot) return [];
    const taken = [...slot.entries].filter(ready);
    for (const entry of taken) slot.entries.delete(entry);
    if (slot.entries.size === 0) this.#slots.shift();
    return taken;
  }

  #drop(cycle: number): void {
    const index = this.#slots.findIndex((slot) => slot.cycle === cycle && slot.entries.size === 0);
    if (index >= 0) this.#slots.splice(index, 1);
  }
}
