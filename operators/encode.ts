import type { OperatorFunction } from 'rxjs';
import type { Document, Encoded, Tokenized } from '../src/document/document.ts';
import { extend } from '../src/document/extend.ts';
import { invalidDocument, mapDocuments } from '../src/document/map-documents.ts';
import { invalidArgument } from '../src/errors.ts';
import { UNKNOWN, Vocabulary } from '../src/language/vocabulary.ts';

/**
 * Turns each document's tokens into the ids of a vocabulary.
 *
 * Adds `ids`, an `Int32Array` with one id a token in the order of the tokens, and `unknown`, how many of them stand for tokens
 * that the vocabulary does not know. Nothing is cut or padded here; a subtask does that as it needs. A document without tokens is a
 * dead letter, or errors the stream, as in {@link tokenize}.
 *
 * ```text
 * source                --a----b----c--|
 * encode(vocabulary)
 * result                --A----B----C--|      A: a with ids and unknown
 * ```
 *
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * import { encode, tokenize, Vocabulary, words } from 'rx-lockstep';
 *
 * of({ text: 'stocks rally' })
 *   .pipe(tokenize(words()), encode(new Vocabulary(['stocks'])))
 *   .subscribe(({ ids, unknown }) => console.log(ids, unknown)); // Int32Array(2) [ 2, 1 ] 1
 * ```
 *
 * @param vocabulary which token has which id
 * @return documents with `ids` and `unknown`
 * @throws LockstepError `INVALID_ARGUMENT` if `vocabulary` is not a {@link Vocabulary}
 * @see {@link tokenize}
 */
export function encode<D extends Document & Tokenized>(vocabulary: Vocabulary): OperatorFunction<D, D & Encoded> {
  if (!(vocabulary instanceof Vocabulary)) throw invalidArgument('vocabulary', 'a Vocabulary', vocabulary);
  return mapDocuments('encode', (document) => {
    const { tokens } = document;
    if (!Array.isArray(tokens)) throw invalidDocument('tokens', tokens);
    const ids = new Int32Array(tokens.length);
    let unknown = 0;
    for (const [index, { text }] of tokens.entries()) {
      const id = vocabulary.id(text);
      ids[index] = id;
      if (id === UNKNOWN) unknown++;
    }
    return extend(document, { ids, unknown });
  });
}
