import type { EnsembleModel } from '../../src/ensemble/model.ts';
import type { Row } from '../../src/ensemble/rows.ts';
import { Vocabulary } from '../../src/language/vocabulary.ts';
import { NgramCounter } from '../../src/subtasks/ngrams/ngram-counter.ts';
import type { NgramsLane } from '../../src/subtasks/ngrams/ngram-table.ts';
import { seededRandom } from '../../src/subtasks/random.ts';

const WORDS = 126;
const DIMENSIONS = 8;
const FEATURES = { words: [1, 1] } as const;
const LABELS = ['sports', 'business'] as const;

/** Words `w0`, `w1`...: even ones speak for sports, odd ones for business, the first ones most often. */
const side = (word: number): number => (word % 2 === 0 ? 1 : -1);

/** The hash of a word. */
export function keyOf(word: string): number {
  const counter = new NgramCounter(FEATURES);
  counter.count(word);
  return counter.keys[0] ?? 0;
}

function lane(label: string, sign: number): NgramsLane {
  const random = seededRandom(label);
  const weights = new Map(
    Array.from({ length: WORDS }, (_, i) => [keyOf(`w${i}`), Math.round(sign * side(i) * (20 + 100 * random()))]),
  );
  const keys = Int32Array.from(weights.keys()).sort();
  return {
    config: { kind: 'ngrams', name: label, labels: [label], features: FEATURES },
    tables: [{ keys, weights: Int8Array.from(keys, (key) => weights.get(key) ?? 0), scale: 0.02, bias: 0 }],
  };
}

/** An ensemble that knows what the words speak for: two lanes over n-grams, and an FCN whose embedding is just large enough to be rounded. */
export function smallEnsemble(): EnsembleModel {
  const random = seededRandom('embedding');
  const embedding = Float32Array.from({ length: (WORDS + 2) * DIMENSIONS }, (_, i) => {
    const id = Math.floor(i / DIMENSIONS);
    return id < 2 ? 0 : side(id - 2) * random() + (random() - 0.5);
  });
  return {
    name: 'small',
    labels: LABELS,
    displayNames: {},
    tokenizer: { kind: 'words', lowercase: true },
    vocabulary: new Vocabulary(Array.from({ length: WORDS }, (_, i) => `w${i}`)),
    ngrams: [lane('sports', 1), lane('business', -1)],
    network: {
      vocabularySize: WORDS + 2,
      embedding: { dimensions: DIMENSIONS, shared: true },
      maxLength: 10,
      lanes: [{ kind: 'fcn', name: 'fcn', labels: LABELS, hidden: [], pooling: 'mean' }],
    },
    weights: new Map([
      ['embedding', { shape: [WORDS + 2, DIMENSIONS], data: embedding }],
      [
        'fcn/output/kernel',
        { shape: [DIMENSIONS, 2], data: Float32Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? 0.3 : -0.3)) },
      ],
      ['fcn/output/bias', { shape: [2], data: new Float32Array(2) }],
    ]),
    vote: { weights: { sports: 1, business: 1, fcn: 1 }, bias: { sports: 0, business: 0 } },
    training: {
      date: '2026-01-02T03:04:05.000Z',
      seed: 1,
      backend: 'wasm',
      rows: 10,
      heldBackRows: 2,
      rowsByLabel: { sports: 5, business: 5 },
      epochs: 1,
      bestEpoch: 1,
      batchSize: 4,
      learningRate: 0.01,
      seconds: 1,
      pretrained: 0,
      heldBackAccuracy: 0.9,
    },
  };
}

/** Texts of five words, with the label that most of them speak for. */
export function rowsOf(count: number, seed: string): Row[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const words = Array.from({ length: 5 }, () => Math.floor(WORDS * random() ** 3));
    const sum = words.reduce((total, word) => total + side(word), 0);
    return { label: sum > 0 ? 'sports' : 'business', text: words.map((word) => `w${word}`).join(' ') };
  });
}
