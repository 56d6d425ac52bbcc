import type { EnsembleModel } from '../../src/ensemble/model.ts';
import { Vocabulary } from '../../src/language/vocabulary.ts';
import type { NetworkConfig } from '../../src/subtasks/network-config.ts';

const VOCABULARY = 128;
const DIMENSIONS = 8;

/** A small ensemble, untrained, whose embedding is just large enough to be stored in 8 bits. */
export function tinyModel(): EnsembleModel {
  const network: NetworkConfig = {
    vocabularySize: VOCABULARY,
    embedding: { dimensions: DIMENSIONS, shared: true, dropout: 0.1 },
    maxLength: 12,
    lanes: [
      { kind: 'cnn', name: 'cnn', labels: ['a', 'b'], widths: [2], filters: 3, dropout: 0.2 },
      { kind: 'fcn', name: 'fcn', labels: ['a'], hidden: [4], pooling: 'mean' },
    ],
    seed: 5,
  };
  const shapes: Readonly<Record<string, readonly number[]>> = {
    embedding: [VOCABULARY, DIMENSIONS],
    'cnn/conv2/kernel': [2, DIMENSIONS, 3],
    'cnn/conv2/bias': [3],
    'cnn/output/kernel': [3, 2],
    'cnn/output/bias': [2],
    'fcn/hidden1/kernel': [DIMENSIONS, 4],
    'fcn/hidden1/bias': [4],
    'fcn/output/kernel': [4, 1],
    'fcn/output/bias': [1],
  };
  const weights = Object.entries(shapes).map(([name, shape]) => {
    const size = shape.reduce((product, n) => product * n, 1);
    return [name, { shape, data: Float32Array.from({ length: size }, (_, i) => Math.sin(i + name.length)) }] as const;
  });
  return {
    name: 'tiny',
    labels: ['a', 'b'],
    displayNames: { a: '甲' },
    tokenizer: { kind: 'words', locale: 'en', lowercase: true },
    vocabulary: new Vocabulary(Array.from({ length: VOCABULARY - 2 }, (_, i) => `w${i}`)),
    ngrams: [
      {
        config: {
          kind: 'ngrams',
          name: 'ngrams',
          labels: ['b'],
          features: { characters: [1, 2], words: [1, 1], skips: 1, opening: 2, shapes: [1, 2], locale: 'zh' },
          weighting: 'none',
          minCount: 2,
          cost: 0.5,
          size: 100,
        },
        tables: [
          {
            keys: Int32Array.of(-2_000_000_000, -5, 7, 2_000_000_000),
            weights: Int8Array.of(127, -3, 0, -127),
            scale: 0.25,
            bias: -0.5,
          },
        ],
      },
    ],
    network,
    weights: new Map(weights),
    vote: { weights: { ngrams: 0.75, cnn: 1, fcn: 0.5 }, bias: { a: 0, b: 0.25 } },
    training: {
      date: '2026-01-02T03:04:05.000Z',
      seed: 5,
      backend: 'wasm',
      rows: 10,
      heldBackRows: 2,
      rowsByLabel: { a: 6, b: 4 },
      epochs: 3,
      bestEpoch: 2,
      batchSize: 4,
      learningRate: 0.01,
      seconds: 1,
      pretrained: 0,
      heldBackAccuracy: 0.5,
    },
  };
}
