import { checkCount, invalidArgument } from '../../errors.ts';

/** From so many to so many. */
export type Sizes = readonly [from: number, to: number];

/** Which n-grams of a text count. Plain JSON. At least one family must be there. */
export interface NgramFeatures {
  /** Runs of so many characters; white space counts as one, also at both ends of the text. @default none */
  readonly characters?: Sizes;
  /** Runs of so many words, numbers and punctuation marks. @default none */
  readonly words?: Sizes;
  /** Pairs of words with one to so many others between them. @default none */
  readonly skips?: number;
  /** The first so many words together, for each number up to this one, and the first word with each other. @default none */
  readonly opening?: number;
  /** Runs of so many words' shapes: which of lower case, capitals, digits and marks they have. @default none */
  readonly shapes?: Sizes;
  /**
   * The language by whose rules `Intl.Segmenter` finds words in scripts without spaces. It costs more than all the rest: some 15 µs a
   * headline. @default none: each ideograph is a word
   */
  readonly locale?: string;
  /**
   * How many bits of an n-gram's hash count, 8 to 32. With fewer a table takes less room, and an n-gram that it does not hold is more
   * often taken for one that it does: of n n-grams, for one with a chance of n / 2^hashBits. @default 32
   */
  readonly hashBits?: number;
}

/** The bits of a whole hash. */
export const HASH_BITS = 32;
export const FEWEST_HASH_BITS = 8;

/** @throws LockstepError `INVALID_ARGUMENT`, naming the field, if they are none. */
export function checkNgramFeatures(at: string, features: NgramFeatures): void {
  if (typeof features !== 'object' || features === null) throw invalidArgument(at, 'an object', features);
  const { characters, words, skips, opening, shapes, locale, hashBits } = features;
  if (!(characters || words || skips || opening || shapes)) throw invalidArgument(at, 'n-grams of some kind', features);
  for (const [name, sizes] of Object.entries({ characters, words, shapes }))
    if (sizes !== undefined) checkSizes(`${at}.${name}`, sizes);
  if (skips !== undefined) checkCount(`${at}.skips`, skips);
  if (opening !== undefined) checkCount(`${at}.opening`, opening);
  if (locale !== undefined) checkLocale(`${at}.locale`, locale);
  if (hashBits !== undefined) checkHashBits(`${at}.hashBits`, hashBits);
}

/** @throws LockstepError `INVALID_ARGUMENT` if a hash cannot have so many bits. */
export function checkHashBits(at: string, hashBits: number): void {
  if (!(Number.isSafeInteger(hashBits) && hashBits >= FEWEST_HASH_BITS && hashBits <= HASH_BITS))
    throw invalidArgument(at, `an integer from ${FEWEST_HASH_BITS} to ${HASH_BITS}`, hashBits);
}

function checkSizes(at: string, sizes: Sizes): void {
  const [from = 0, to = 0] = Array.isArray(sizes) ? sizes : [];
  const isRange = Array.isArray(sizes) && sizes.length === 2 && sizes.every(Number.isSafeInteger);
  if (!isRange || from < 1 || to < from)
    throw invalidArgument(at, 'two integers, the first at least 1, the second no less', sizes);
}

function checkLocale(at: string, locale: string): void {
  try {
    Intl.getCanonicalLocales(locale);
  } catch {
    throw invalidArgument(at, 'a BCP 47 language tag', locale);
  }
}
