import type { Token } from '../document/document.ts';

/**
 * Cuts a text into tokens, in the order of their ends. Any function of this shape plugs into `tokenize`; the built-in ones
 * also say how they were made, so that an ensemble can store it.
 */
export type Tokenizer = (text: string) => Token[];

/** A tokenizer as plain data: what `ensemble.json` stores, and {@link tokenizerFrom} turns back into a function. */
export type TokenizerConfig =
  | { readonly kind: 'characters'; readonly words?: string; readonly lowercase?: boolean }
  | { readonly kind: 'words'; readonly locale?: string; readonly lowercase?: boolean }
  | { readonly kind: 'wink'; readonly lowercase?: boolean };
