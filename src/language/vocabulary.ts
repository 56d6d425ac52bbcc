import { checkCount, invalidArgument, LockstepError } from '../errors.ts';

/** The id of padding; no token has it. */
export const PADDING = 0;
/** The id of every token that the vocabulary does not know. */
export const UNKNOWN = 1;
const FIRST = 2;

/**
 * Which token has which id: 0 is padding, 1 stands for all unknown tokens, the known ones follow from 2, most frequent first.
 *
 * @example
 * ```ts
 * const vocabulary = Vocabulary.build([['a', 'b'], ['a']], { minCount: 1 });
 * vocabulary.id('a'); // 2
 * vocabulary.id('z'); // 1, unknown
 * ```
 */
export class Vocabulary {
  /** The known tokens; that at index `i` has the id `i + 2`. */
  readonly tokens: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;

  /** @throws LockstepError `INVALID_ARGUMENT` if a token is not a string or stands twice. */
  constructor(tokens: readonly string[]) {
    const ids = new Map<string, number>();
    for (const [index, token] of tokens.entries()) {
      if (typeof token !== 'string') throw invalidArgument(`tokens[${index}]`, 'a string', token);
      if (ids.has(token))
        throw new LockstepError('INVALID_ARGUMENT', `Expected \`tokens\` to differ, got "${token}" twice`);
      ids.set(token, FIRST + index);
    }
    this.tokens = Object.freeze([...tokens]);
    this.#ids = ids;
  }

  /**
   * Builds a vocabulary of the most frequent tokens. Equally frequent ones are taken in the order of their code units, so
   * that the same texts always give the same ids.
   *
   * @param texts one array of tokens a text
   * @param options.size at most so many ids, padding and unknown included; default no limit
   * @param options.minCount a token must occur so often; default 1
   */
  static build(
    texts: Iterable<readonly string[]>,
    { size = Number.POSITIVE_INFINITY, minCount = 1 }: { readonly size?: number; readonly minCount?: number } = {},
  ): Vocabulary {
    checkCount('size', size, { min: FIRST + 1, infinity: true });
    checkCount('minCount', minCount);
    const counts = new Map<string, number>();
    for (const text of texts) for (const token of text) counts.set(token, (counts.get(token) ?? 0) + 1);
    const kept = [...counts].filter(([, count]) => count >= minCount);
    kept.sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
    return new Vocabulary(kept.slice(0, size - FIRST).map(([token]) => token));
  }

  /** How many ids there are, padding and unknown included: the number of rows of an embedding. */
  get size(): number {
    return FIRST + this.tokens.length;
  }

  /** The id of a token, {@link UNKNOWN} if it has none. */
  id(token: string): number {
    return this.#ids.get(token) ?? UNKNOWN;
  }

  /** The token with that id; undefined for padding, unknown and ids beyond the last. */
  token(id: number): string | undefined {
    return this.tokens[id - FIRST];
  }
}
