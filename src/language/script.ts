/** The scripts that {@link scriptOf} tells apart. */
export type Script = 'han' | 'latin' | 'other';

const HAN = /\p{Script=Han}/gu;
const LATIN = /\p{Script=Latin}/gu;
const LETTER = /\p{L}/gu;
/** A Han character carries about as much as a third of a Latin word of five letters. */
const LATIN_LETTERS_PER_HAN = 3;

/**
 * The script in which most of a text is written. Han characters weigh three Latin letters, so that a Chinese headline with
 * an English brand name in it stays Chinese. Texts without letters are `'other'`.
 *
 * @example
 * ```ts
 * scriptOf('苹果发布 iPhone 新品'); // 'han'
 * scriptOf('Stocks rally');        // 'latin'
 * ```
 */
export function scriptOf(text: string): Script {
  const letters = count(text, LETTER);
  const han = count(text, HAN);
  const latin = count(text, LATIN);
  const other = letters - han - latin;
  if (han > 0 && han * LATIN_LETTERS_PER_HAN >= latin && han >= other) return 'han';
  return latin > 0 && latin >= other ? 'latin' : 'other';
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
