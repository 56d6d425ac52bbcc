import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { characters } from '../src/language/tokenizers.ts';
import { Vocabulary } from '../src/language/vocabulary.ts';
import { seededRandom } from '../src/subtasks/random.ts';
import { LONGEST, VOCABULARY } from './compiled-lanes.ts';
import { headlines } from './corpus.ts';

const COUNT = 4096;
/** Of documents with ids at random. */
const LENGTH = 32;

/** Documents as lanes take them. */
export interface IdSource {
  readonly name: string;
  readonly about: string;
  readonly documents: readonly { readonly ids: Int32Array }[];
}

/** Titles of the dev rows of a set of the folder LOCKSTEP_DATA; where that is missing, the sample headlines. */
export function textsOf(set: string, language: 'zh' | 'en', count: number): { texts: readonly string[]; from: string } {
  const file = new URL(`${set}/dev.tsv`, pathToFileURL(`${process.env.LOCKSTEP_DATA ?? '../shared/data'}/`));
  if (!existsSync(file))
    return { texts: headlines(language, count).map(({ text }) => text), from: 'the sample headlines' };
  const rows = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return { texts: rows.slice(0, count).map((row) => row.slice(row.indexOf('\t') + 1)), from: `the dev rows of ${set}` };
}

/** Titles as they are, cut into characters and words, the most frequent tokens first. */
export function titleIds(): IdSource {
  const { texts, from } = textsOf('thucnews10', 'zh', COUNT);
  const cut = characters({ words: 'zh', lowercase: true });
  const tokens = texts.map((text) => cut(text).map((token) => token.text));
  const vocabulary = Vocabulary.build(tokens, { size: VOCABULARY });
  const documents = tokens
    .filter(({ length }) => length > 0)
    .map((all) => ({ ids: Int32Array.from(all.slice(0, LONGEST), (token) => vocabulary.id(token)) }));
  const mean = documents.reduce((sum, { ids }) => sum + ids.length, 0) / documents.length;
  return { name: 'titles', about: `${from}, ${mean.toFixed(1)} tokens on average`, documents };
}

/** The worst case of caches: every token of the vocabulary is as likely as any other. */
export function uniformIds(): IdSource {
  const random = seededRandom('compiled');
  const documents = Array.from({ length: COUNT }, () => ({
    ids: Int32Array.from({ length: LENGTH }, () => 1 + Math.floor(random() * (VOCABULARY - 1))),
  }));
  return { name: 'uniform', about: `uniform random ids, ${LENGTH} tokens`, documents };
}
