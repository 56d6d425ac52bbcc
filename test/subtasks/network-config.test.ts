import { expect } from 'chai';
import { LockstepError } from '../../src/errors.ts';
import type { NetworkLane } from '../../src/subtasks/lane-config.ts';
import { checkNetworkConfig, minLengthOf, type NetworkConfig } from '../../src/subtasks/network-config.ts';
import { TOY } from './toy.ts';

/** What came out of a JSON file: the types say nothing about it. */
function parsed(changes: Record<string, unknown>): NetworkConfig {
  return JSON.parse(JSON.stringify({ ...TOY, ...changes }, (_, value) => (Number.isNaN(value) ? null : value)));
}

function lane(changes: Record<string, unknown>): Record<string, unknown> {
  return { lanes: [{ kind: 'cnn', name: 'x', labels: ['a'], widths: [2], filters: 3, ...changes }] };
}

describe('checkNetworkConfig', () => {
  it('accepts every kind of lane', () => {
    expect(() => checkNetworkConfig(TOY)).not.to.throw();
  });

  const wrong: readonly [string, Record<string, unknown>][] = [
    ['vocabularySize', { vocabularySize: 1 }],
    ['maxLength', { maxLength: 0 }],
    ['seed', { seed: 0.5 }],
    ['embedding', { embedding: null }],
    ['embedding.dimensions', { embedding: { dimensions: 0, shared: true } }],
    ['embedding.dropout', { embedding: { dimensions: 4, shared: true, dropout: 1 } }],
    ['embedding.shared', { embedding: { dimensions: 4 } }],
    ['lanes', { lanes: [TOY.lanes[0], TOY.lanes[0]] }],
    ['lanes[0]', { lanes: [null] }],
    ['lanes[0].name', lane({ name: '' })],
    ['lanes[0].labels', lane({ labels: [] })],
    ['lanes[0].labels', lane({ labels: ['a', 'a'] })],
    ['lanes[0].labels', lane({ labels: [''] })],
    ['lanes[0].exclusive', lane({ exclusive: 'yes' })],
    ['lanes[0].exclusive', lane({ exclusive: true })],
    ['lanes[0].dropout', lane({ dropout: -0.1 })],
    ['lanes[0].kind', lane({ kind: 'transformer' })],
    ['lanes[0].widths', lane({ widths: [] })],
    ['lanes[0].widths', lane({ widths: [2, 2] })],
    ['lanes[0].widths', lane({ widths: [13] })],
    ['lanes[0].filters', lane({ filters: 0 })],
    ['lanes[0].cell', lane({ kind: 'rnn', cell: 'elman', units: 2 })],
    ['lanes[0].filters', lane({ kind: 'dpcnn', filters: 0, blocks: 1 })],
    ['lanes[0].heads', lane({ kind: 'attention', heads: 0, units: 1 })],
    ['lanes[0].units', lane({ kind: 'attention', heads: 1, units: 0.5 })],
    ['lanes[0].blocks', lane({ kind: 'dpcnn', filters: 1, blocks: 0 })],
    ['lanes', lane({ kind: 'ngrams', features: { words: [1, 2] } })],
    ['lanes[0].features', lane({ kind: 'ngrams', features: {} })],
    ['lanes[0].features.words', lane({ kind: 'ngrams', features: { words: [2, 1] } })],
    ['lanes[0].features.skips', lane({ kind: 'ngrams', features: { skips: 0.5 } })],
    ['lanes[0].features.locale', lane({ kind: 'ngrams', features: { words: [1, 1], locale: 'no such language' } })],
    ['lanes[0].weighting', lane({ kind: 'ngrams', features: { words: [1, 1] }, weighting: 'bm25' })],
    ['lanes[0].cost', lane({ kind: 'ngrams', features: { words: [1, 1] }, cost: 0 })],
    ['lanes[0].size', lane({ kind: 'ngrams', features: { words: [1, 1] }, size: 0 })],
    ['lanes[0].units', lane({ kind: 'rnn', cell: 'gru', units: 0 })],
    ['lanes[0].pooling', lane({ kind: 'rnn', cell: 'gru', units: 2, pooling: 'max' })],
    ['lanes[0].bidirectional', lane({ kind: 'rnn', cell: 'gru', units: 2, bidirectional: 1 })],
    ['lanes[0].hidden', lane({ kind: 'fcn', pooling: 'max' })],
    ['lanes[0].hidden[0]', lane({ kind: 'fcn', pooling: 'max', hidden: [0] })],
    ['lanes[0].pooling', lane({ kind: 'fcn', pooling: 'sum', hidden: [] })],
  ];
  for (const [field, changes] of wrong)
    it(`names ${field} in ${JSON.stringify(changes)}`, () => {
      expect(() => checkNetworkConfig(parsed(changes)))
        .to.throw(LockstepError, `\`${field}\``)
        .with.property('code', 'INVALID_ARGUMENT');
    });
});

describe('minLengthOf', () => {
  it('is the widest filter of all lanes', () => {
    const cnn = (...widths: number[]): NetworkLane => ({ kind: 'cnn', name: 'x', labels: ['a'], widths, filters: 1 });
    expect(minLengthOf({ lanes: [cnn(2, 5), cnn(3)] })).to.equal(5);
    expect(minLengthOf({ lanes: TOY.lanes.filter(({ kind }) => kind !== 'cnn') })).to.equal(1);
  });
});
