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
}

/** @throws LockstepError `INVALID_ARGUMENT`, naming the field, if they are none. */
export function checkNgramFeatures(at: string, features: NgramFeatures): void {
  if (typeof features !== 'object' || features === null) throw invalidArgument(at, 'an object', features);
  const { characters, words, skips, opening, shapes, locale } = features;
  if (!(characters || words || skips || opening || shapes)) throw invalidArgument(at, 'n-grams of some kind', features);
  for (const [name, sizes] of Object.entries({ characters, words, shapes }))
    if (sizes !== undefined) checkSizes(`${at}.${name}`, sizes);
  if (skips !== undefined) checkCount(`${at}.skips`, skips);
  if (opening !== undefined) checkCount(`${at}.opening`, opening);
  if (locale !== undefined) checkLocale(`${at}.locale`, locale);
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
