import { expect } from 'chai';
import { countRows } from '../../../src/ensemble/ngrams/count-rows.ts';
import { calibrated, calibrationsOf, fitNgrams } from '../../../src/ensemble/ngrams/fit-ngrams.ts';
import { logCountRatios } from '../../../src/ensemble/ngrams/naive-bayes.ts';
import { pruned } from '../../../src/ensemble/ngrams/prune.ts';
import type { NgramsConfig } from '../../../src/subtasks/lane-config.ts';
import { NgramCounter } from '../../../src/subtasks/ngrams/ngram-counter.ts';
import { NgramScorer } from '../../../src/subtasks/ngrams/ngram-scorer.ts';
import type { NgramsLane } from '../../../src/subtasks/ngrams/ngram-table.ts';

const WORDS = ['cup', 'team', 'goal', 'bank', 'stock', 'fund', 'chip', 'phone', 'robot'];
const LABELS = ['sports', 'money', 'tech'];
const EXAMPLES = Array.from({ length: 90 }, (_, i) => ({
  label: Math.floor((i % 9) / 3),
  text: `the ${WORDS[i % 9]} of number ${i}`,
}));

function lanesOf(more: Partial<NgramsConfig> = {}): NgramsConfig[] {
  return LABELS.map((label) => ({
    kind: 'ngrams',
    name: label,
    labels: [label],
    features: { characters: [1, 3], words: [1, 2] },
    ...more,
  }));
}

/** Two words that the counter cannot tell apart: among 500,000 there are some. */
function wordsOfOneHash(): readonly [string, string] {
  const counter = new NgramCounter({ words: [1, 1] });
  const seen = new Map<number, string>();
  for (let i = 0; i < 500_000; i++) {
    const word = `w${i}`;
    counter.count(word);
    const other = seen.get(counter.keys[0] ?? 0);
    if (other !== undefined) return [other, word];
    seen.set(counter.keys[0] ?? 0, word);
  }
  throw new Error('no two words have the same hash');
}

/** The share of examples whose own lane is the surest. */
function accuracyOf(lanes: readonly NgramsLane[], examples: typeof EXAMPLES): number {
  const odds = new NgramScorer(lanes).odds(examples.map(({ text }) => text));
  const right = examples.filter(({ label }, row) => {
    const own = odds.slice(row * LABELS.length, (row + 1) * LABELS.length);
    return own.every((value, i) => i === label || value < (own[label] ?? 0));
  });
  return right.length / examples.length;
}

describe('fitNgrams', () => {
  const options = { labels: LABELS, seed: 1 };

  it('tells texts apart by their n-grams, whatever the weighting', async () => {
    for (const weighting of ['naive-bayes', 'none'] as const) {
      const lanes = await fitNgrams(lanesOf({ weighting }), EXAMPLES, options);
      const unseen = EXAMPLES.map(({ label, text }) => ({ label, text: `a new ${text.split(' ')[1]}` }));
      expect(accuracyOf(lanes, unseen)).to.equal(1);
    }
  });

  it('gives the same lanes for the same seed', async () => {
    const once = await fitNgrams(lanesOf(), EXAMPLES, options);
    expect(await fitNgrams(lanesOf(), EXAMPLES, options)).to.deep.equal(once);
  });

  it('keeps to the size, and to n-grams of enough texts', async () => {
    const [lane] = await fitNgrams(lanesOf({ size: 20 }), EXAMPLES, options);
    expect(lane?.tables[0]?.keys).to.have.length(20);
    const [common] = await fitNgrams(lanesOf({ minCount: 200 }), EXAMPLES, options);
    expect(common?.tables[0]?.keys).to.have.length(0);
  });

  it('takes empty texts, a label without examples, and one of five', async () => {
    const few = [{ label: 0, text: '' }, ...EXAMPLES.slice(0, 4), { label: 2, text: '　' }];
    const lanes = await fitNgrams(lanesOf(), few, options);
    const odds = new NgramScorer(lanes).odds(['', 'cup', '\u{1F680}']);
    expect(odds.every(Number.isFinite)).to.equal(true);
    const none = await fitNgrams(lanesOf(), [], options);
    expect(none.map(({ tables }) => tables[0]?.keys.length)).to.deep.equal([0, 0, 0]);
  });

  it('fits a thousand labels in one lane', async () => {
    const labels = Array.from({ length: 1000 }, (_, i) => `label${i}`);
    const examples = labels.flatMap((_, label) => [
      { label, text: `w${label} again` },
      { label, text: `so w${label}` },
    ]);
    const config: NgramsConfig = { kind: 'ngrams', name: 'all', labels, features: { words: [1, 1] } };
    const lanes = await fitNgrams([config], examples, { labels, seed: 1 });
    const [scores = new Float32Array()] = new NgramScorer(lanes).score(['w7', 'w998']);
    expect(scores.subarray(0, 1000).indexOf(Math.max(...scores.subarray(0, 1000)))).to.equal(7);
    expect(scores.subarray(1000).indexOf(Math.max(...scores.subarray(1000)))).to.equal(998);
  }).timeout(20_000);

  it('takes n-grams of the same hash for one, and tells the others apart as ever', async () => {
    const [a, b] = wordsOfOneHash();
    const examples = ['cup', 'team', a].flatMap((word, i) => Array(5).fill({ label: i, text: `the ${word}` }));
    const lanes = await fitNgrams(lanesOf({ features: { words: [1, 1] } }), examples, options);
    const scorer = new NgramScorer(lanes);
    expect(scorer.odds([a])).to.deep.equal(scorer.odds([b]));
    expect(accuracyOf(lanes, examples)).to.equal(1);
  });

  it('tells how far it is, and leaves labels silent once it is aborted', async () => {
    const abort = new AbortController();
    const told: number[] = [];
    const onProgress = (done: number) => {
      told.push(done);
      abort.abort();
    };
    const lanes = await fitNgrams(lanesOf(), EXAMPLES, { ...options, onProgress, signal: abort.signal });
    expect(told).to.deep.equal([1 / 3, 2 / 3, 1]);
    expect(lanes.map(({ tables }) => (tables[0]?.keys.length ?? 0) > 0)).to.deep.equal([true, false, false]);
  });

  it('turns margins into probabilities by what it was not fitted to', async () => {
    const [odd, even] = [EXAMPLES.filter((_, i) => i % 2 === 1), EXAMPLES.filter((_, i) => i % 2 === 0)];
    const fitted = await fitNgrams(lanesOf(), odd, options);
    const lanes = calibrated(fitted, calibrationsOf([{ lanes: fitted, examples: even }], LABELS));
    expect(accuracyOf(lanes, even)).to.equal(1);
    const mean = (found: readonly NgramsLane[]) => {
      const [scores = []] = new NgramScorer(found).score(even.map(({ text }) => text));
      return [...scores].reduce((sum, score) => sum + score, 0) / scores.length;
    };
    expect(mean(lanes)).to.be.closeTo(1 / 3, 0.05);
    expect(calibrated(fitted, [])).to.deep.equal(fitted);
  });
});

describe('countRows', () => {
  it('makes vectors whose squared lengths are 1 a family in the mean, and knows what columns were multiplied by', () => {
    const rows = countRows(['a b', 'b c', ''], { characters: [1, 1], words: [1, 1] }, 1);
    const squares = rows.values.reduce((sum, value) => sum + value * value, 0);
    expect(squares / 3).to.be.closeTo(2, 1e-5);
    expect([...rows.starts]).to.deep.equal([0, rows.starts[1], rows.columns.length, rows.columns.length]);
    expect(rows.keys).to.have.length(rows.width);
    expect(rows.factors.every((factor) => factor > 0)).to.equal(true);
  });
});

describe('logCountRatios', () => {
  it('is large where a column tells, and nothing where it does not', () => {
    const rows = countRows(['x same', 'x same', 'y same', 'y same'], { words: [1, 1] }, 1);
    const ratios = logCountRatios(rows, (row) => row < 2);
    const sorted = [...ratios].sort((a, b) => a - b);
    expect(sorted[0]).to.be.closeTo(0, 1e-6);
    expect(sorted[1]).to.be.closeTo(Math.log(3), 1e-6);
    expect(sorted[2]).to.be.closeTo(Math.log(3), 1e-6);
  });
});

describe('pruned', () => {
  const rows = countRows(['a b c', 'a b', 'a'], { words: [1, 1] }, 1);

  it('rounds to 8 bits, sorts by key, and drops what is nothing', () => {
    const table = pruned(rows, { weights: Float32Array.of(1, -0.5, 0), bias: 2 }, 10);
    expect(table.keys).to.have.length(2);
    expect([...table.keys]).to.deep.equal([...table.keys].sort((a, b) => a - b));
    expect(Math.max(...table.weights.map(Math.abs))).to.equal(127);
    expect(table.bias).to.equal(2);
  });

  it('keeps no more than asked for, even of equals', () => {
    const same = countRows(['a', 'b', 'c'], { words: [1, 1] }, 1);
    expect(pruned(same, { weights: Float32Array.of(1, 1, 1), bias: 0 }, 2).keys).to.have.length(2);
  });

  it('can be empty', () => {
    const table = pruned(rows, { weights: new Float32Array(3), bias: 0 }, 10);
    expect(table).to.deep.include({ scale: 1, keys: new Int32Array(), weights: new Int8Array() });
  });
});
