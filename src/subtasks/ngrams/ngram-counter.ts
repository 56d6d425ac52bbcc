import { characterKinds, isApostrophe, KIND } from '../../language/character-kinds.ts';
import { HASH_BITS, type NgramFeatures, type Sizes } from './ngram-features.ts';

/** What keeps the families of n-grams apart: the hash of each begins with another number. */
const SEED = {
  characters: 0x2c1b3c6d,
  words: 0x297a2d39,
  skips: 0x61c88647,
  opening: 0x7feb352d,
  lead: 0x5bd1e995,
  shapes: 0x1b873593,
};
const SPACE = 0x20;
/** Bits of a word's shape. */
const SHAPE = { lower: 1, capital: 2, laterCapital: 4, digit: 8, mark: 16 };
/** So many characters of a text are read, at most. */
const LONGEST = 100_000;

/**
 * Counts the different n-grams of a text, each as a hash of 32 bits, without a string for any of them. Letters count as lower
 * case, runs of white space as one space. Different n-grams may have the same hash (with all 32 bits, about one pair of a hundred
 * thousand has): they are one then.
 */
export class NgramCounter {
  /** The hashes of the n-grams of the last text, the first {@link count} of them; none is 0. */
  keys: Int32Array = new Int32Array(1024);
  /** How often each occurs. */
  counts: Int32Array = new Int32Array(1024);
  /** How many of them are n-grams of characters: those come first. */
  characters = 0;
  readonly #features: NgramFeatures;
  readonly #kinds = characterKinds();
  readonly #segmenter: Intl.Segmenter | undefined;
  readonly #hashMask: number;
  #units = new Uint16Array(1024);
  #words = new Int32Array(512);
  #shapes = new Int32Array(512);
  #length = 0;
  #size = 0;
  #slots = new Int32Array(4096);
  #stamps = new Int32Array(4096);
  #stamp = 0;

  constructor(features: NgramFeatures) {
    this.#features = features;
    this.#hashMask = maskOf(features.hashBits ?? HASH_BITS);
    if (features.locale !== undefined) this.#segmenter = new Intl.Segmenter(features.locale, { granularity: 'word' });
  }

  /** What an n-gram that occurs several times counts for: with each time less. */
  valueOf(at: number): number {
    return damped(this.counts[at] ?? 0);
  }

  /** The length of the vector of values from one place to before another; 1 if it is empty. */
  lengthOf(from: number, to: number): number {
    let sum = 0;
    for (let at = from; at < to; at++) sum += this.valueOf(at) ** 2;
    return Math.sqrt(sum) || 1;
  }

  /** Counts the n-grams of a text; gives how many different ones there are. */
  count(text: string): number {
    this.#length = 0;
    this.#stamp += 1;
    const { characters, words, skips, opening, shapes } = this.#features;
    const cut = text.length > LONGEST ? text.slice(0, LONGEST) : text;
    const lowered = cut.toLowerCase();
    if (characters) this.#countCharacters(lowered, characters);
    this.characters = this.#length;
    if (words || skips || opening || shapes) {
      this.#findWords(lowered, lowered.length === cut.length ? cut : lowered);
      if (words) this.#countRuns(this.#words, SEED.words, words);
      if (shapes) this.#countRuns(this.#shapes, SEED.shapes, shapes);
      if (skips) this.#countSkips(skips);
      if (opening) this.#countOpening(opening);
    }
    return this.#length;
  }

  #countCharacters(text: string, [from, to]: Sizes): void {
    if (this.#units.length < text.length + 2) this.#units = new Uint16Array(2 * text.length + 2);
    const units = this.#units;
    const kinds = this.#kinds;
    units[0] = SPACE;
    let length = 1;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (kinds[unit] !== KIND.space) units[length++] = unit;
      else if (units[length - 1] !== SPACE) units[length++] = SPACE;
    }
    if (length === 1) return;
    if (units[length - 1] !== SPACE) units[length++] = SPACE;
    for (let start = 0; start < length; start++) {
      const end = Math.min(start + to, length);
      let hash = SEED.characters;
      for (let i = start; i < end; i++) {
        hash = joined(hash, units[i] ?? 0);
        if (i - start + 1 >= from && !(i === start && units[i] === SPACE)) this.#add(hash);
      }
    }
  }

  /** Hashes each word of a text, and its shape in the text before it was lower-cased. */
  #findWords(text: string, original: string): void {
    const kinds = this.#kinds;
    this.#size = 0;
    for (let i = 0; i < text.length; ) {
      const unit = text.charCodeAt(i);
      const kind = kinds[unit];
      if (kind === KIND.space) {
        i++;
        continue;
      }
      const start = i;
      if (kind === KIND.ideograph && this.#segmenter) {
        while (i < text.length && kinds[text.charCodeAt(i)] === KIND.ideograph) i++;
        for (const { segment } of this.#segmenter.segment(text.slice(start, i)))
          this.#addWord(hashOf(segment), SHAPE.mark);
        continue;
      }
      let hash = joined(SEED.words, unit);
      i++;
      if (kind === KIND.letter)
        for (; i < text.length; i++) {
          const next = text.charCodeAt(i);
          const goesOn =
            kinds[next] === KIND.letter || (isApostrophe(next) && kinds[text.charCodeAt(i + 1)] === KIND.letter);
          if (!goesOn) break;
          hash = joined(hash, next);
        }
      this.#addWord(hash, kind === KIND.letter ? shapeOf(text, original, start, i) : SHAPE.mark);
    }
  }

  #addWord(hash: number, shape: number): void {
    if (this.#size === this.#words.length) {
      this.#words = grown(this.#words);
      this.#shapes = grown(this.#shapes);
    }
    this.#words[this.#size] = hash;
    this.#shapes[this.#size] = shape;
    this.#size += 1;
  }

  #countRuns(values: Int32Array, seed: number, [from, to]: Sizes): void {
    for (let start = 0; start < this.#size; start++) {
      const end = Math.min(start + to, this.#size);
      let hash = seed;
      for (let i = start; i < end; i++) {
        hash = joined(hash, values[i] ?? 0);
        if (i - start + 1 >= from) this.#add(hash);
      }
    }
  }

  #countSkips(most: number): void {
    for (let first = 0; first < this.#size; first++) {
      const hash = joined(SEED.skips, this.#words[first] ?? 0);
      const end = Math.min(first + most + 2, this.#size);
      for (let second = first + 2; second < end; second++) this.#add(joined(hash, this.#words[second] ?? 0));
    }
  }

  #countOpening(most: number): void {
    let hash = SEED.opening;
    for (let i = 0; i < Math.min(most, this.#size); i++) {
      hash = joined(hash, this.#words[i] ?? 0);
      this.#add(hash);
    }
    const lead = joined(SEED.lead, this.#words[0] ?? 0);
    for (let i = 1; i < this.#size; i++) this.#add(joined(lead, this.#words[i] ?? 0));
  }

  #add(hash: number): void {
    const key = mixed(hash) & this.#hashMask || 1;
    const mask = this.#slots.length - 1;
    let slot = key & mask;
    while (this.#stamps[slot] === this.#stamp) {
      const at = this.#slots[slot] ?? 0;
      if (this.keys[at] === key) {
        this.counts[at] = (this.counts[at] ?? 0) + 1;
        return;
      }
      slot = (slot + 1) & mask;
    }
    this.#stamps[slot] = this.#stamp;
    this.#slots[slot] = this.#length;
    this.keys[this.#length] = key;
    this.counts[this.#length] = 1;
    this.#length += 1;
    if (this.#length === this.keys.length) this.#growKeys();
    if (this.#length * 2 > this.#slots.length) this.#growSlots();
  }

  #growKeys(): void {
    this.keys = grown(this.keys);
    this.counts = grown(this.counts);
  }

  #growSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    this.#stamps = new Int32Array(this.#slots.length);
    const mask = this.#slots.length - 1;
    for (let at = 0; at < this.#length; at++) {
      let slot = (this.keys[at] ?? 0) & mask;
      while (this.#stamps[slot] === this.#stamp) slot = (slot + 1) & mask;
      this.#stamps[slot] = this.#stamp;
      this.#slots[slot] = at;
    }
  }
}

/** What an n-gram that occurs so often counts for: with each time less. */
export function damped(count: number): number {
  return count === 1 ? 1 : 1 + Math.log(count);
}

/** A hash with one more number behind it. */
function joined(hash: number, value: number): number {
  const product = Math.imul(hash ^ value, 0x9e3779b1);
  return product ^ (product >>> 15);
}

function hashOf(word: string): number {
  let hash = SEED.words;
  for (let i = 0; i < word.length; i++) hash = joined(hash, word.charCodeAt(i));
  return hash;
}

/** The lowest bits of a hash, which are what tables find their slots by; 1 in place of 0, which is no key. */
export function cutHash(hash: number, bits: number): number {
  return hash & maskOf(bits) || 1;
}

function maskOf(bits: number): number {
  return (2 ** bits - 1) | 0;
}

/** Spreads a hash over all 32 bits (the finaliser of MurmurHash3). */
function mixed(hash: number): number {
  let mixing = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixing = Math.imul(mixing ^ (mixing >>> 13), 0xc2b2ae35);
  return mixing ^ (mixing >>> 16);
}

function shapeOf(lowered: string, original: string, start: number, end: number): number {
  let shape = 0;
  for (let i = start; i < end; i++) {
    const unit = original.charCodeAt(i);
    if (unit >= 0x30 && unit <= 0x39) shape |= SHAPE.digit;
    else if (unit === lowered.charCodeAt(i)) shape |= SHAPE.lower;
    else shape |= i === start ? SHAPE.capital : SHAPE.laterCapital;
  }
  return shape;
}

function grown(values: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(values.length * 2);
  larger.set(values);
  return larger;
}
