import type { Row } from './rows.ts';
import { wordsOf } from './wording.ts';

/** In words. A shorter text says little of the one that it is part of. */
const SHORTEST = 4;

/**
 * The rows whose text, as words, is not a part of one of `others`: phrases of a sentence that is held back, or the same sentence
 * written another way, would tell what is to be found out.
 */
export function withoutTwins(rows: readonly Row[], others: readonly Row[]): Row[] {
  const texts = rows.map(({ text }) => wordsOf(text));
  /** How long the texts are that begin with some words. */
  const lengths = new Map<string, Set<number>>();
  for (const words of texts) {
    if (words.length < SHORTEST) continue;
    const beginning = part(words, 0, SHORTEST);
    const known = lengths.get(beginning);
    if (known) known.add(words.length);
    else lengths.set(beginning, new Set([words.length]));
  }
  const parts = new Set<string>();
  for (const { text } of lengths.size > 0 ? others : []) {
    const words = wordsOf(text);
    for (let start = 0; start + SHORTEST <= words.length; start++)
      for (const length of lengths.get(part(words, start, SHORTEST)) ?? [])
        if (start + length <= words.length) parts.add(part(words, start, length));
  }
  return rows.filter((_, row) => !parts.has((texts[row] ?? []).join(' ')));
}

function part(words: readonly string[], start: number, length: number): string {
  return words.slice(start, start + length).join(' ');
}
