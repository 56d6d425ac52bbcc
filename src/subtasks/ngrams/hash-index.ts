const EMPTY = 0;

/**
 * Which 32-bit key has which number: numbers count up from 0 in the order of addition. An open-addressing table in typed
 * arrays: a lookup touches one or two cache lines, where a `Map` allocates.
 */
export class HashIndex {
  #slots: Int32Array;
  #numbers: Int32Array;
  #mask: number;
  #size = 0;

  /** @param capacity how many keys are expected; it grows beyond */
  constructor(capacity = 16) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(capacity, 8) * 2));
    this.#slots = new Int32Array(slots);
    this.#numbers = new Int32Array(slots);
    this.#mask = slots - 1;
  }

  /** The index of keys that are numbered in their order; they differ and none is 0. */
  static of(keys: Int32Array): HashIndex {
    const index = new HashIndex(keys.length);
    for (const key of keys) index.add(key);
    return index;
  }

  /** How many keys there are. */
  get size(): number {
    return this.#size;
  }

  /** The number of a key, -1 if it has none. */
  find(key: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    let slot = key & mask;
    for (;;) {
      const found = slots[slot];
      if (found === key) return this.#numbers[slot] ?? -1;
      if (found === EMPTY) return -1;
      slot = (slot + 1) & mask;
    }
  }

  /** The number of a key, which is given one if it has none. A key must not be 0. */
  add(key: number): number {
    let slot = key & this.#mask;
    for (;;) {
      const found = this.#slots[slot];
      if (found === key) return this.#numbers[slot] ?? -1;
      if (found === EMPTY) break;
      slot = (slot + 1) & this.#mask;
    }
    this.#slots[slot] = key;
    this.#numbers[slot] = this.#size;
    this.#size += 1;
    if (this.#size * 2 > this.#slots.length) this.#grow();
    return this.#size - 1;
  }

  /** The keys in the order of their numbers. */
  keys(): Int32Array {
    const keys = new Int32Array(this.#size);
    for (const [slot, key] of this.#slots.entries()) if (key !== EMPTY) keys[this.#numbers[slot] ?? 0] = key;
    return keys;
  }

  #grow(): void {
    const [slots, numbers] = [this.#slots, this.#numbers];
    this.#slots = new Int32Array(slots.length * 2);
    this.#numbers = new Int32Array(slots.length * 2);
    this.#mask = this.#slots.length - 1;
    for (let old = 0; old < slots.length; old++) {
      const key = slots[old] ?? EMPTY;
      if (key === EMPTY) continue;
      let slot = key & this.#mask;
      while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = key;
      this.#numbers[slot] = numbers[old] ?? 0;
    }
  }
}
