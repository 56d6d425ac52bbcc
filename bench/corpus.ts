import { readFileSync } from 'node:fs';
import type { Document } from '../operators/index.ts';

/** The sample headlines of a language, again and again until there are so many. */
export function headlines(language: 'zh' | 'en', count: number): Document[] {
  const file = new URL(`../examples/data/headlines.${language}.txt`, import.meta.url);
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return Array.from({ length: count }, (_, id) => ({ id, text: lines[id % lines.length] ?? '' }));
}
