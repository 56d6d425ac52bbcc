const WORD = /\p{Script=Han}|[\p{L}\p{N}]+/gu;

/** The words of a text, in lower case and without what stands between them; each Chinese character is one. */
export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

/** What texts have in common that differ in case, spaces and punctuation only; a text without words has itself. */
export function wordingOf(text: string): string {
  return wordsOf(text).join(' ') || text;
}
