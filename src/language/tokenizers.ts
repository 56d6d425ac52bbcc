import type { Token } from '../document/document.ts';
import { invalidArgument } from '../errors.ts';
import type { Tokenizer, TokenizerConfig } from './tokenizer.ts';
import { type WordScanner, wordScanner } from './word-scanner.ts';

/** Options of every built-in tokenizer. */
export interface TokenizerOptions {
  /** Whether `token.text` is lower-cased; offsets are those of the original text either way. @default false */
  readonly lowercase?: boolean;
}

/** Options of {@link characters}. */
export interface CharactersOptions extends TokenizerOptions {
  /**
   * BCP 47 language tag by whose rules `Intl.Segmenter` finds words: after the characters of each word that has several, the word itself is
   * a token too. @default none
   */
  readonly words?: string;
}

/** Options of {@link words}. */
export interface WordsOptions extends TokenizerOptions {
  /** BCP 47 language tag whose rules find the words. @default 'en' */
  readonly locale?: string;
}

const SPACE = /^\s+$/u;
/**
 * wink's time grows with the square of a run without white space: 10 s for 100,000 letters, which no text has but a file that was taken
 * for one does. Longer runs than this are cut into pieces of it.
 */
const LONGEST_RUN = 500;
const TOO_LONG = new RegExp(`\\S{${LONGEST_RUN}}(?=\\S)`, 'gu');

/**
 * Cuts a text into its characters: Unicode code points, white space left out. The choice for Chinese and Japanese, where
 * words are not separated, and for short noisy text in any language.
 *
 * @example
 * ```ts
 * characters()('科技 AI').map(({ text }) => text); // ['科', '技', 'A', 'I']
 * characters({ words: 'zh' })('科技 AI').map(({ text }) => text); // ['科', '技', '科技', 'A', 'I', 'AI']
 * ```
 * @throws LockstepError `INVALID_ARGUMENT` if `words` is not a language tag.
 */
export function characters({ lowercase = false, words: locale }: CharactersOptions = {}): Tokenizer {
  if (locale === undefined) return (text) => charactersOf(text, 0, lowercase);
  const segmenter = segmenterFor('words', locale);
  return (text) => {
    const tokens: Token[] = [];
    for (const { segment, index } of segmenter.segment(text)) {
      const own = charactersOf(segment, index, lowercase);
      tokens.push(...own);
      if (own.length > 1) tokens.push(token(segment, index, index + segment.length, lowercase));
    }
    return tokens;
  };
}

function charactersOf(text: string, from: number, lowercase: boolean): Token[] {
  const tokens: Token[] = [];
  let start = from;
  for (const character of text) {
    const end = start + character.length;
    if (!SPACE.test(character)) tokens.push(token(character, start, end, lowercase));
    start = end;
  }
  return tokens;
}

/**
 * Cuts a text into words, numbers and punctuation marks by the rules of a language, as `Intl.Segmenter` knows them (Unicode
 * Standard Annex 29, with dictionaries for Chinese, Japanese, Thai and others). White space is left out.
 *
 * @example
 * ```ts
 * words({ lowercase: true })("Oil's up 3.5%").map(({ text }) => text); // ["oil's", 'up', '3.5', '%']
 * ```
 * @throws LockstepError `INVALID_ARGUMENT` if `locale` is not a language tag.
 */
export function words({ locale = 'en', lowercase = false }: WordsOptions = {}): Tokenizer {
  const segmenter = segmenterFor('locale', locale);
  let scanner: WordScanner | undefined;
  return (text) => {
    const tokens: Token[] = [];
    scanner ??= wordScanner(segmenter);
    if (scanner.scan(text, (start, end) => tokens.push(token(text.slice(start, end), start, end, lowercase))))
      return tokens;
    for (const { segment, index } of segmenter.segment(text))
      if (!SPACE.test(segment)) tokens.push(token(segment, index, index + segment.length, lowercase));
    return tokens;
  };
}

/**
 * Cuts English text with wink-nlp: contractions are parted (`do`, `n't`), abbreviations, URLs, hashtags and emoji stay whole. The
 * model is loaded once a process, when first asked for. What has more than 500 characters without white space is cut there as well.
 *
 * @example
 * ```ts
 * const tokenizer = await wink();
 * tokenizer("Don't panic.").map(({ text }) => text); // ['Do', "n't", 'panic', '.']
 * ```
 */
export async function wink({ lowercase = false }: TokenizerOptions = {}): Promise<Tokenizer> {
  const [{ default: winkNLP }, { default: model }] = await Promise.all([
    import('wink-nlp'),
    import('wink-eng-lite-web-model'),
  ]);
  const nlp = winkNLP(model, []); // no pipes: sentence boundaries and tags cost two thirds of its time
  return (text) => {
    const tokens: Token[] = [];
    let position = 0;
    const values = piecesOf(text).flatMap((piece): string[] => nlp.readDoc(piece).tokens().out());
    for (const value of values) {
      // wink gives no offsets, but every token is a piece of the text, in order.
      const start = text.indexOf(value, position);
      if (start < 0 || SPACE.test(value)) continue;
      position = start + value.length;
      tokens.push(token(value, start, position, lowercase));
    }
    return tokens;
  };
}

/** The text itself, unless it has runs that are too long for wink. */
function piecesOf(text: string): string[] {
  if (text.length <= LONGEST_RUN) return [text];
  const pieces: string[] = [];
  let start = 0;
  for (const match of text.matchAll(TOO_LONG)) {
    const end = match.index + match[0].length;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return [...pieces, text.slice(start)];
}

/**
 * The tokenizer that a {@link TokenizerConfig} describes.
 *
 * @throws LockstepError `INVALID_ARGUMENT` if the kind is not a known one.
 */
export async function tokenizerFrom(config: TokenizerConfig): Promise<Tokenizer> {
  switch (config.kind) {
    case 'characters':
      return characters(config);
    case 'words':
      return words(config);
    case 'wink':
      return wink(config);
    default:
      throw invalidArgument('kind', "'characters', 'words' or 'wink'", (config as { kind: unknown }).kind);
  }
}

function segmenterFor(option: string, locale: string): Intl.Segmenter {
  try {
    return new Intl.Segmenter(locale, { granularity: 'word' });
  } catch {
    throw invalidArgument(option, 'a BCP 47 language tag', locale);
  }
}

function token(surface: string, start: number, end: number, lowercase: boolean): Token {
  return { text: lowercase ? surface.toLowerCase() : surface, start, end };
}
