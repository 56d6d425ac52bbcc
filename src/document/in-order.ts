/** Puts documents that took different ways back in order. Each has a place; one that will not come is released. */
export class InOrder<R> {
  readonly #emit: (document: R) => void;
  /** What is not its turn yet; undefined where nothing will come. */
  readonly #waiting = new Map<number, R | undefined>();
  #places = 0;
  #next = 0;
  #advancing = false;

  constructor(emit: (document: R) => void) {
    this.#emit = emit;
  }

  /** A place behind all others. */
  place(): number {
    return this.#places++;
  }

  /** A document is there; a further one of the same place follows the first at once. */
  put(place: number, document: R): void {
    if (place < this.#next) {
      this.#emit(document);
      return;
    }
    this.#waiting.set(place, document);
    this.#advance();
  }

  /** No document will come, unless it is there already. */
  release(place: number): void {
    if (place < this.#next || this.#waiting.has(place)) return;
    this.#waiting.set(place, undefined);
    this.#advance();
  }

  /** Nothing comes any more: all that waits goes, in order. */
  flush(): void {
    for (let place = this.#next; place < this.#places; place++) this.release(place);
  }

  /** What comes while a document goes out waits for it to have gone. */
  #advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    try {
      while (this.#waiting.has(this.#next)) {
        const document = this.#waiting.get(this.#next);
        this.#waiting.delete(this.#next++);
        if (document !== undefined) this.#emit(document);
      }
    } finally {
      this.#advancing = false;
    }
  }
}
