import type { Row } from '../ensemble/rows.ts';
import { wordingOf } from '../ensemble/wording.ts';
import type { Confusion } from '../evaluate/confusion.ts';
import { argmax } from '../integrate/argmax.ts';
import { NgramCounter } from '../subtasks/ngrams/ngram-counter.ts';
import type { NgramFeatures } from '../subtasks/ngrams/ngram-features.ts';

/** What an n-gram that a label was never seen with counts for. */
const SMOOTHING = 0.1;
/** Bits of a bucket's number, at most, and of the numbers of all cells of the table, labels × buckets. */
const MOST_BITS = 18;
const TABLE_BITS = 24;
/** More buckets than this for each character of the texts would stay empty. */
const BUCKETS_PER_CHARACTER = 4;

/** Rows of the same words. */
type Twins = readonly { readonly label: number; readonly text: string }[];

/**
 * Which labels are taken for which: counts of rows by true and given label, where naive Bayes over hashed n-grams gave the label and had
 * not learned from the row, nor from one of the same words. Counts can be taken out of naive Bayes again, so every row is left out in
 * turn at the price of one training, and a label with a single row needs no rule of its own.
 *
 * Source: A. McCallum and K. Nigam, A comparison of event models for naive Bayes text classification, AAAI workshop, 1998 (the
 * multinomial model; here over whether an n-gram is in a text, not how often).
 *
 * @param labels all that there are; rows of others are not counted
 */
export function confusionsOf(rows: readonly Row[], labels: readonly string[], features: NgramFeatures): Confusion {
  const twins = twinsOf(rows, labels);
  const bayes = new NaiveBayes(twins, labels.length, features);
  const confusion = labels.map(() => new Array<number>(labels.length).fill(0));
  for (const own of twins) {
    for (const { text, label } of own) {
      const line = confusion[label] ?? [];
      const given = bayes.without(own, text);
      line[given] = (line[given] ?? 0) + 1;
    }
  }
  return confusion;
}

function twinsOf(rows: readonly Row[], labels: readonly string[]): Twins[] {
  const indexOf = new Map(labels.map((label, index) => [label, index]));
  const byWording = new Map<string, Twins[number][]>();
  for (const { label: name, text } of rows) {
    const label = indexOf.get(name);
    if (label === undefined) continue;
    const wording = wordingOf(text);
    const twins = byWording.get(wording);
    if (twins) twins.push({ label, text });
    else byWording.set(wording, [{ label, text }]);
  }
  return [...byWording.values()];
}

class NaiveBayes {
  readonly #counter: NgramCounter;
  readonly #labels: number;
  readonly #mask: number;
  readonly #smoothed: number;
  /** In how many texts of a label an n-gram of the bucket is: `buckets × labels`, so that a text walks along rows. */
  readonly #counts: Float32Array;
  /** The logarithms of the smoothed counts. */
  readonly #logs: Float32Array;
  readonly #sums: Float64Array;
  readonly #rows: Float64Array;
  /** Scratch: the evidence for each label. */
  readonly #evidence: Float64Array;

  constructor(twins: readonly Twins[], labels: number, features: NgramFeatures) {
    const rows = twins.flat();
    const characters = rows.reduce((sum, { text }) => sum + text.length, 1);
    const wanted = Math.ceil(Math.log2(BUCKETS_PER_CHARACTER * characters));
    const buckets = 2 ** Math.min(wanted, MOST_BITS, Math.floor(TABLE_BITS - Math.log2(labels)));
    this.#counter = new NgramCounter(features);
    this.#labels = labels;
    this.#mask = buckets - 1;
    this.#smoothed = SMOOTHING * buckets;
    this.#counts = new Float32Array(buckets * labels);
    this.#sums = new Float64Array(labels);
    this.#rows = new Float64Array(labels);
    this.#evidence = new Float64Array(labels);
    for (const { label, text } of rows) {
      const found = this.#counter.count(text);
      for (let at = 0; at < found; at++) {
        const cell = this.#bucket(at) * labels + label;
        this.#counts[cell] = (this.#counts[cell] ?? 0) + 1;
      }
      this.#sums[label] = (this.#sums[label] ?? 0) + found;
      this.#rows[label] = (this.#rows[label] ?? 0) + 1;
    }
    this.#logs = this.#counts.map((count) => Math.log(count + SMOOTHING));
  }

  /** The label of a text, as if rows of the same words had not been there. */
  without(twins: Twins, text: string): number {
    const found = this.#counter.count(text);
    const evidence = this.#evidence.fill(0);
    for (let at = 0; at < found; at++) {
      const start = this.#bucket(at) * this.#labels;
      for (let label = 0; label < evidence.length; label++)
        evidence[label] = (evidence[label] ?? 0) + (this.#logs[start + label] ?? 0);
    }
    for (let label = 0; label < evidence.length; label++)
      evidence[label] = (evidence[label] ?? 0) + this.#prior(label, 0, found);
    for (const label of new Set(twins.map((twin) => twin.label))) {
      const left = twins.filter((twin) => twin.label === label).length;
      let sum = this.#prior(label, left, found);
      for (let at = 0; at < found; at++) {
        const count = (this.#counts[this.#bucket(at) * this.#labels + label] ?? 0) - left;
        sum += Math.log(Math.max(count, 0) + SMOOTHING);
      }
      evidence[label] = sum;
    }
    return argmax(evidence, 0, evidence.length);
  }

  /** What a label has in its favour beside its n-grams, if `left` of its rows, of `found` n-grams each, are left out. */
  #prior(label: number, left: number, found: number): number {
    const rows = Math.max((this.#rows[label] ?? 0) - left, 0);
    const sum = Math.max((this.#sums[label] ?? 0) - left * found, 0);
    return Math.log(rows + SMOOTHING) - found * Math.log(sum + this.#smoothed);
  }

  #bucket(at: number): number {
    return (this.#counter.keys[at] ?? 0) & this.#mask;
  }
}
