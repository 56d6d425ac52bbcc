import { expect } from 'chai';
import type { NgramsConfig } from '../../../src/subtasks/lane-config.ts';
import { NgramCounter } from '../../../src/subtasks/ngrams/ngram-counter.ts';
import { NgramScorer } from '../../../src/subtasks/ngrams/ngram-scorer.ts';
import { groupsOf, type NgramsLane, type NgramTable } from '../../../src/subtasks/ngrams/ngram-table.ts';

const FEATURES = { words: [1, 1] } as const;

function keyOf(word: string): number {
  const counter = new NgramCounter(FEATURES);
  counter.count(word);
  return counter.keys[0] ?? 0;
}

function tableOf(weights: Readonly<Record<string, number>>, { scale = 0.5, bias = 0 } = {}): NgramTable {
  const entries = Object.entries(weights).map(([word, weight]) => [keyOf(word), weight] as const);
  entries.sort(([a], [b]) => a - b);
  return {
    keys: Int32Array.from(entries, ([key]) => key),
    weights: Int8Array.from(entries, ([, weight]) => weight),
    scale,
    bias,
  };
}

function laneOf(name: string, tables: readonly NgramTable[], more: Partial<NgramsConfig> = {}): NgramsLane {
  const labels = tables.map((_, i) => `${name}${i}`);
  return { config: { kind: 'ngrams', name, labels, features: FEATURES, ...more }, tables };
}

const sigmoid = (odds: number) => 1 / (1 + Math.exp(-odds));

describe('NgramScorer', () => {
  const tech = laneOf('tech', [tableOf({ chip: 4, bank: -2 }, { bias: -1 })]);
  const money = laneOf('money', [tableOf({ bank: 6 })]);

  it('adds up the weights of the n-grams it knows, over the length of all', () => {
    const [ofTech = [], ofMoney = []] = new NgramScorer([tech, money]).score(['chip', 'chip bank', 'robot chip', '']);
    const expected = [2 - 1, (2 - 1) / Math.SQRT2 - 1, 2 / Math.SQRT2 - 1, -1].map(sigmoid);
    for (const [row, score] of expected.entries()) expect(ofTech[row]).to.be.closeTo(score, 1e-6);
    expect(ofMoney[1]).to.be.closeTo(sigmoid(3 / Math.SQRT2), 1e-6);
    expect(ofMoney[3]).to.equal(0.5);
  });

  it('gives several labels probabilities that sum to 1, unless they do not exclude each other', () => {
    const tables = [tableOf({ chip: 4 }), tableOf({ bank: 4 }), tableOf({}, { bias: 900 })];
    const [exclusive] = new NgramScorer([laneOf('all', tables)]).score(['chip']);
    expect(exclusive?.reduce((a, b) => a + b)).to.be.closeTo(1, 1e-6);
    const [free] = new NgramScorer([laneOf('all', tables, { exclusive: false })]).score(['chip']);
    expect(free?.[0]).to.be.closeTo(sigmoid(2), 1e-6);
    expect(free?.[2]).to.equal(1);
  });

  it('scores lanes together as it does alone', () => {
    const texts = ['the chip of the bank', 'bank bank bank'];
    const together = new NgramScorer([tech, money]).score(texts);
    expect(together).to.deep.equal([tech, money].flatMap((lane) => new NgramScorer([lane]).score(texts)));
  });
});

describe('groupsOf', () => {
  it('puts lanes over the same n-grams together, in their order', () => {
    const lane = (name: string, to: number) => laneOf(name, [], { features: { words: [1, to] } });
    const lanes = [lane('a', 1), lane('b', 2), lane('c', 1)];
    expect(groupsOf(lanes).map((group) => group.map(({ config }) => config.name))).to.deep.equal([['a', 'c'], ['b']]);
  });
});
