import { expect } from 'chai';
import fc from 'fast-check';
import { CompiledNetwork } from '../../src/compiled/compiled-network.ts';
import type { Precision } from '../../src/compiled/precision.ts';
import { LockstepError } from '../../src/errors.ts';
import { type Backend, loadBackend } from '../../src/subtasks/backend.ts';
import type { NetworkLane } from '../../src/subtasks/lane-config.ts';
import { buildNetwork, type NamedWeights, packIds } from '../../src/subtasks/network.ts';
import { minLengthOf, type NetworkConfig } from '../../src/subtasks/network-config.ts';
import { DOCUMENTS, difference, type Ids, loudWeights, scoresOf, TOY } from '../subtasks/toy.ts';

/** The scores of a compiled network, lane by lane. */
function compiledScores(
  config: NetworkConfig,
  weights: NamedWeights,
  documents: readonly Ids[],
  { columns = 0, precision = '16-bit' }: { readonly columns?: number; readonly precision?: Precision } = {},
): number[][] {
  const network = new CompiledNetwork(config, weights, { precision });
  const packed = packIds(documents, config.maxLength, Math.max(minLengthOf(config), columns));
  return config.lanes.map(({ name }) => Array.from(network.score(name, packed)));
}

/** The scores of the reference. */
function reference(
  backend: Backend,
  config: NetworkConfig,
  weights: NamedWeights,
  documents: readonly Ids[],
): number[][] {
  const { tf } = backend;
  const network = buildNetwork(backend, config);
  try {
    network.setWeights(weights);
    const { data, rows, columns } = packIds(documents, config.maxLength, minLengthOf(config));
    return tf.tidy(() => {
      const outputs = network.trainable.predictOnBatch(tf.tensor2d(data, [rows, columns], 'int32'));
      return (Array.isArray(outputs) ? outputs : [outputs]).map((output) => Array.from(output.dataSync()));
    });
  } finally {
    network.dispose();
  }
}

describe('CompiledNetwork', () => {
  let backend: Backend;

  before(async () => {
    backend = await loadBackend({ prefer: 'wasm' });
  });

  it('scores what the tensor backends do within 1e-3, in every kind of lane', () => {
    const scores = compiledScores(TOY, loudWeights(backend), DOCUMENTS);
    for (const [index, expected] of scoresOf(backend).entries())
      expect(difference([scores[index] ?? []], [expected]), TOY.lanes[index]?.name).to.be.below(1e-3);
  });

  it('stays near with tables of 8 bits', () => {
    const scores = compiledScores(TOY, loudWeights(backend), DOCUMENTS, { precision: '8-bit' });
    expect(difference(scores, scoresOf(backend))).to.be.below(0.02);
  });

  it('scores a document the same however it is padded, and whichever batch it is in', () => {
    const weights = loudWeights(backend);
    const together = compiledScores(TOY, weights, DOCUMENTS);
    const documents = DOCUMENTS.slice(0, 7);
    expect(compiledScores(TOY, weights, documents, { columns: 12 })).to.deep.equal(
      compiledScores(TOY, weights, documents),
    );
    for (const [row, document] of DOCUMENTS.entries()) {
      const alone = compiledScores(TOY, weights, [document]);
      const same = together.map((lane, at) => {
        const labels = alone[at]?.length ?? 0;
        return lane.slice(row * labels, (row + 1) * labels);
      });
      expect(alone, `${document.ids.length} tokens`).to.deep.equal(same);
    }
  });

  it('agrees whatever the architecture, the weights and the documents', () => {
    const size = fc.integer({ min: 1, max: 19 });
    const labels = fc.integer({ min: 1, max: 9 }).map((count) => Array.from({ length: count }, (_, i) => `${i}`));
    const widths = fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 });
    const lane: fc.Arbitrary<NetworkLane> = fc.oneof(
      fc.record({ kind: fc.constant('cnn' as const), name: fc.constant('x'), labels, widths, filters: size }),
      fc.record({
        kind: fc.constant('dpcnn' as const),
        name: fc.constant('x'),
        labels,
        filters: size,
        blocks: fc.integer({ min: 1, max: 4 }),
      }),
      fc.record({
        kind: fc.constant('rnn' as const),
        name: fc.constant('x'),
        labels,
        cell: fc.constantFrom('lstm' as const, 'gru' as const),
        units: size,
        bidirectional: fc.boolean(),
        pooling: fc.constantFrom('last' as const, 'max-mean' as const),
      }),
      fc.record({
        kind: fc.constant('fcn' as const),
        name: fc.constant('x'),
        labels,
        hidden: fc.array(size, { maxLength: 2 }),
        pooling: fc.constantFrom('mean' as const, 'max' as const),
      }),
      fc.record({
        kind: fc.constant('attention' as const),
        name: fc.constant('x'),
        labels,
        heads: fc.integer({ min: 1, max: 6 }),
        units: size,
      }),
    );
    const documents = fc.array(
      fc.array(fc.integer({ min: 1, max: 29 }), { maxLength: 14 }).map((ids) => ({ ids: Int32Array.from(ids) })),
      { minLength: 1, maxLength: 9 },
    );
    fc.assert(
      fc.property(lane, size, fc.integer({ min: 5, max: 12 }), documents, (lane, dimensions, maxLength, documents) => {
        const config: NetworkConfig = {
          vocabularySize: 30,
          embedding: { dimensions, shared: false },
          maxLength,
          seed: 3,
          lanes: [lane],
        };
        const weights = loudWeights(backend, config);
        const scores = compiledScores(config, weights, documents);
        expect(difference(scores, reference(backend, config, weights, documents))).to.be.below(1e-3);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses weights that are not those of the network, and says which', () => {
    const weights = loudWeights(backend);
    const without = new Map(weights);
    without.delete('cnn/conv3/bias');
    const broken = new Map(weights).set('embedding', { shape: [50, 8], data: new Float32Array(400).fill(Number.NaN) });
    const other = new Map(weights).set('cnn/conv3/bias', { shape: [7], data: new Float32Array(7) });
    const more = new Map(weights).set('cnn/conv9/bias', { shape: [6], data: new Float32Array(6) });
    for (const [given, message] of [
      [without, /The weight "cnn\/conv3\/bias" is missing/],
      [broken, /"embedding" holds values that are not finite/],
      [other, /"cnn\/conv3\/bias" to be 6, got 7/],
      [more, /no weight "cnn\/conv9\/bias"/],
    ] as const)
      expect(() => new CompiledNetwork(TOY, given))
        .to.throw(LockstepError, message)
        .with.property('code', 'INVALID_ENSEMBLE');
  });

  it('refuses lanes that it does not have, and documents longer than it was compiled for', () => {
    const network = new CompiledNetwork(TOY, loudWeights(backend));
    const packed = packIds(DOCUMENTS, 13, 13);
    expect(() => network.score('cnn', packed)).to.throw(LockstepError, 'Expected at most 12 columns, got 13');
    expect(() => network.score('none', packIds(DOCUMENTS, 12, 4))).to.throw(LockstepError, 'no lane called "none"');
  });

  it('makes room for batches of any size', () => {
    const network = new CompiledNetwork(TOY, loudWeights(backend));
    const many = Array.from({ length: 40 }, () => DOCUMENTS).flat();
    const some = Array.from(network.score('gru', packIds(DOCUMENTS, 12, 4)));
    const before = network.bytes;
    const all = Array.from(network.score('gru', packIds(Array.from({ length: 100 }, () => many).flat(), 12, 4)));
    expect(network.bytes).to.be.above(before);
    expect(all.slice(-some.length)).to.deep.equal(some);
  });
});
