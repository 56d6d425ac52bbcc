/** What a UTF-16 code unit is to a reader who looks for words. */
export const KIND = { space: 0, mark: 1, letter: 2, ideograph: 3 } as const;

const UNITS = 65_536;
const SPACE = /\s/u;
const LETTER = /[\p{L}\p{N}\p{M}\p{Cs}]/u; // with halves of surrogate pairs: what lies beyond 16 bits is mostly letters
/** Scripts that put no space between words. */
const IDEOGRAPH =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
const APOSTROPHES = [0x27, 0x2019];

let table: Uint8Array | undefined;

/**
 * The {@link KIND} of every UTF-16 code unit, by its value. An apostrophe is a letter here: whether it is one depends on its
 * neighbours. Computed once, in some 10 ms, when first asked for.
 */
export function characterKinds(): Uint8Array {
  table ??= Uint8Array.from({ length: UNITS }, (_, unit) => kindOf(String.fromCharCode(unit)));
  return table;
}

/** Whether a code unit is an apostrophe, which belongs to a word only between letters. */
export function isApostrophe(unit: number): boolean {
  return APOSTROPHES.includes(unit);
}

function kindOf(character: string): number {
  if (SPACE.test(character)) return KIND.space;
  if (IDEOGRAPH.test(character)) return KIND.ideograph;
  return LETTER.test(character) ? KIND.letter : KIND.mark;
}
