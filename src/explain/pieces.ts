import type { Token } from '../document/document.ts';

/** A piece of a text. */
export interface Piece {
  readonly text: string;
  /** Index of its first UTF-16 code unit. */
  readonly start: number;
  /** Index of the code unit after the last. */
  readonly end: number;
}

const MOST = 200;

/**
 * The tokens of a text, as they stand there, without those that are part of another; of more than 200, runs of as many as make 200
 * pieces or fewer.
 */
export function piecesOf(text: string, all: readonly Token[]): Piece[] {
  const tokens = outermost(all);
  const run = Math.max(Math.ceil(tokens.length / MOST), 1);
  return Array.from({ length: Math.ceil(tokens.length / run) }, (_, i) => {
    const first = i * run;
    const last = Math.min(first + run, tokens.length) - 1;
    const start = tokens[first]?.start ?? 0;
    const end = tokens[last]?.end ?? start;
    return { text: text.slice(start, end), start, end };
  });
}

/** The tokens that are part of no other; a token follows its parts. */
function outermost(tokens: readonly Token[]): Token[] {
  const kept: Token[] = [];
  for (const token of tokens) {
    while ((kept.at(-1)?.start ?? -1) >= token.start) kept.pop();
    kept.push(token);
  }
  return kept;
}

/** A text and its tokens without a piece; the others stay as they are, even if their neighbours would make other words with them. */
export function withoutPiece(
  text: string,
  tokens: readonly Token[],
  { start, end }: Piece,
): { readonly text: string; readonly tokens: Token[] } {
  const moved = tokens.flatMap((token) => {
    if (token.end <= start) return [token];
    if (token.start < end) return [];
    return [{ text: token.text, start: token.start - (end - start), end: token.end - (end - start) }];
  });
  return { text: text.slice(0, start) + text.slice(end), tokens: moved };
}
