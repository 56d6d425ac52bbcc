import { fitNgrams } from '../ensemble/ngrams/fit-ngrams.ts';
import type { Row } from '../ensemble/rows.ts';
import type { NgramsConfig } from '../subtasks/lane-config.ts';
import { NgramScorer } from '../subtasks/ngrams/ngram-scorer.ts';
import { seededRandom } from '../subtasks/random.ts';
import { type LaneCost, measureCost } from './measure-cost.ts';

/** So many rows are learned from, and so many of them scored. */
const LEARNED = 2000;
const SCORED = 128;
/** No lane that is measured is over more labels. */
const WIDEST = 16;

/** A lane but for what it is called and over which labels. */
export type NgramsTemplate = Omit<NgramsConfig, 'name' | 'labels'>;

/**
 * Fits lanes over n-grams, over 1, 2, 4, … labels, to a sample of the rows, and measures how long they take for a document.
 *
 * @param now milliseconds that have passed since some moment
 */
export async function measureLanes(
  rows: readonly Row[],
  labels: readonly string[],
  template: NgramsTemplate,
  { seed, now }: { readonly seed: number; readonly now: () => number },
): Promise<LaneCost> {
  const sample = sampleOf(rows, LEARNED, seed);
  const examples = sample.map(({ label, text }) => ({ label: labels.indexOf(label), text }));
  const learned = labels.slice(0, WIDEST);
  const all: NgramsConfig = { ...template, kind: 'ngrams', name: 'all', labels: learned, exclusive: false };
  const [lane] = await fitNgrams([all], examples, { labels, seed });
  const texts = sample.slice(0, SCORED).map(({ text }) => text);
  const probes = sizesUpTo(learned.length).map((size) => {
    const config = { ...all, labels: learned.slice(0, size) };
    const scorer = new NgramScorer([{ config, tables: lane?.tables.slice(0, size) ?? [] }]);
    return { labels: size, run: () => void scorer.score(texts) };
  });
  return measureCost(probes, texts.length, now);
}

/** 1, 2, 4, … and the largest. */
function sizesUpTo(largest: number): number[] {
  const sizes: number[] = [];
  for (let size = 1; size < largest; size *= 2) sizes.push(size);
  return [...sizes, largest];
}

/** Some rows, at random. */
function sampleOf(rows: readonly Row[], count: number, seed: number): Row[] {
  const random = seededRandom(`${seed}/sample`);
  return rows
    .map((row) => ({ row, at: random() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, count)
    .map(({ row }) => row);
}
