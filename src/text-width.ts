const CONTROL = /[\p{Cc}\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu;
/** What takes two columns: East Asian letters and punctuation, full-width forms, pictures. */
const WIDE =
  /\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}|[\u3000-\u303F\uFF01-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u;
/** Text for which nothing need be looked up. */
const ASCII = /^[ -~]*$/;
const MARK = /^\p{M}+$/u;
const ELLIPSIS = '…';
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** How many columns of a terminal a text takes. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

/**
 * A text in exactly `width` columns: filled up with spaces, or cut with an ellipsis. Control characters and changes of
 * direction, which could do things to the terminal, become spaces.
 */
export function fitted(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const clean = text.replaceAll(CONTROL, ' ');
  const shown = widthOf(clean) <= width ? clean : `${beginning(clean, width - 1)}${ELLIPSIS}`;
  const padding = ' '.repeat(Math.max(0, width - widthOf(shown)));
  return align === 'left' ? shown + padding : padding + shown;
}

function beginning(text: string, width: number): string {
  let used = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    used += graphemeWidth(segment);
    if (used > width) return text.slice(0, index);
  }
  return text;
}

function graphemeWidth(grapheme: string): number {
  if (MARK.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}
