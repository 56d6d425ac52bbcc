/** A queue whose `take` costs what it takes, not what stays. */
export class Fifo<T> {
  #items: T[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  get first(): T | undefined {
    return this.#items[this.#head];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Removes and returns the first items, at most `count`. */
  take(count: number): T[] {
    const taken = this.#items.slice(this.#head, this.#head + count);
    this.#head += taken.length;
    if (this.#head * 2 >= this.#items.length) {
      // Half is spent: dropping it now costs one copy an item in all, and lets go of what was taken.
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return taken;
  }

  /** Removes and returns the first items for as long as something holds of them, at most `count`. */
  takeWhile(count: number, holds: (item: T, index: number) => boolean): T[] {
    const end = Math.min(this.#items.length, this.#head + count);
    let next = this.#head;
    for (; next < end; next++) {
      const item = this.#items[next];
      if (item === undefined || !holds(item, next - this.#head)) break;
    }
    return this.take(next - this.#head);
  }

  /** Removes and returns the last item, if there is one. */
  takeLast(): T[] {
    return this.length > 0 ? this.#items.splice(-1) : [];
  }
}
