import type { OperatorFunction } from 'rxjs';
import type { Document, Tokenized } from '../src/document/document.ts';
import { extend } from '../src/document/extend.ts';
import { mapDocuments } from '../src/document/map-documents.ts';
import { invalidArgument } from '../src/errors.ts';
import type { Tokenizer } from '../src/language/tokenizer.ts';

/**
 * Cuts each document's text into tokens.
 *
 * Adds `tokens` to the document, in the order of the text. A document for which the tokenizer throws, or that has no `text`,
 * becomes a dead letter; with nobody to take those (see {@link deadLetter}) the stream errors.
 *
 * ```text
 * source            --a----b----c--|
 * tokenize(words())
 * result            --A----B----C--|      A: a and its tokens
 * ```
 *
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * import { tokenize, words } from 'rx-lockstep';
 *
 * of({ text: 'Stocks rally' })
 *   .pipe(tokenize(words({ lowercase: true })))
 *   .subscribe(({ tokens }) => console.log(tokens.map(({ text }) => text))); // [ 'stocks', 'rally' ]
 * ```
 *
 * @param tokenizer a function from a text to its tokens: {@link words}, {@link characters}, {@link wink}, or yours
 * @return documents with `tokens`
 * @throws LockstepError `INVALID_ARGUMENT` if `tokenizer` is not a function
 * @see {@link encode}
 */
export function tokenize<D extends Document>(tokenizer: Tokenizer): OperatorFunction<D, D & Tokenized> {
  if (typeof tokenizer !== 'function') throw invalidArgument('tokenizer', 'a function', tokenizer);
  return mapDocuments('tokenize', (document) => extend(document, { tokens: tokenizer(document.text) }));
}
