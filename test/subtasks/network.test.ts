import { expect } from 'chai';
import { LockstepError } from '../../src/errors.ts';
import { type Backend, loadBackend } from '../../src/subtasks/backend.ts';
import { buildNetwork, type NamedWeight } from '../../src/subtasks/network.ts';
import type { NetworkConfig } from '../../src/subtasks/network-config.ts';
import { DOCUMENTS, difference, nativeOrSkip, scoresOf, TOY } from './toy.ts';

const SMALL: NetworkConfig = {
  vocabularySize: 9,
  embedding: { dimensions: 3, shared: true },
  maxLength: 4,
  lanes: [
    { kind: 'cnn', name: 'tech', labels: ['tech'], widths: [2], filters: 2, dropout: 0.5 },
    { kind: 'rnn', name: 'finance', labels: ['finance'], cell: 'lstm', units: 2, bidirectional: true },
    { kind: 'fcn', name: 'culture', labels: ['culture', 'other'], hidden: [2], pooling: 'mean' },
  ],
};

describe('buildNetwork', () => {
  let backend: Backend;

  beforeEach(async () => {
    backend = await loadBackend({ prefer: 'wasm' });
  });

  it('native and wasm agree within 1e-4 on every kind of lane', async function () {
    const native = scoresOf(await nativeOrSkip(this));
    const wasm = scoresOf(await loadBackend({ prefer: 'wasm' }));
    expect(difference(native, wasm)).to.be.below(1e-4);
  });

  it('cpu and wasm agree too, and the lanes differ among documents', async () => {
    const wasm = scoresOf(backend);
    expect(difference(scoresOf(await loadBackend({ prefer: 'cpu' })), wasm)).to.be.below(1e-4);
    // A network that answered the same whatever it is given would agree with itself on any backend.
    for (const lane of wasm) expect(Math.max(...lane) - Math.min(...lane)).to.be.above(0.05);
  });

  for (const name of ['wasm', 'native'] as const)
    describe(`on ${name}`, () => {
      beforeEach(async function () {
        backend = name === 'native' ? await nativeOrSkip(this) : await loadBackend({ prefer: name });
      });

      it('scores a document the same however it is padded', () => {
        const documents = DOCUMENTS.slice(0, 7);
        const narrow = scoresOf(backend, { documents });
        expect(difference(narrow, scoresOf(backend, { documents, columns: 40 }))).to.be.at.most(1e-5);
      });

      it('scores a document the same whichever batch it is in', () => {
        const together = scoresOf(backend);
        for (const [row, document] of DOCUMENTS.entries()) {
          const alone = scoresOf(backend, { documents: [document] });
          const same = together.map((lane, at) => {
            const labels = alone[at]?.length ?? 0;
            return lane.slice(row * labels, (row + 1) * labels);
          });
          expect(difference(alone, same), `${document.ids.length} tokens`).to.be.at.most(1e-5);
        }
      });

      it('gives probabilities for documents without tokens, and of fewer than the filters are wide', () => {
        const scores = scoresOf(backend, { documents: DOCUMENTS.slice(0, 3) }).flat();
        expect(scores.every((score) => score >= 0 && score <= 1)).to.equal(true);
      });

      it('learns', async function () {
        this.timeout(40_000);
        const { tf } = backend;
        const network = buildNetwork(backend, { ...TOY, embedding: { dimensions: 8, shared: true, dropout: 0.1 } });
        const ids = tf.tidy(() =>
          tf.tensor2d(
            DOCUMENTS.slice(4, 12).flatMap(({ ids }) => [...ids.slice(0, 4)]),
            [8, 4],
            'int32',
          ),
        );
        const targets = TOY.lanes.map(({ labels, exclusive = labels.length > 1 }) =>
          tf.tensor2d(
            DOCUMENTS.slice(4, 12).map((_, row) =>
              labels.map((_, at) => Number(row % Math.max(2, exclusive ? labels.length : 2) === at)),
            ),
          ),
        );
        const optimizer = tf.train.adam(0.02);
        const loss = TOY.lanes.map(({ labels, exclusive = labels.length > 1 }) =>
          exclusive ? 'categoricalCrossentropy' : 'binaryCrossentropy',
        );
        network.trainable.compile({ optimizer, loss });
        const { history } = await network.trainable.fit(ids, targets, { epochs: 20, batchSize: 8, verbose: 0 });
        const losses = history.loss?.map(Number) ?? [];
        expect(losses.at(-1)).to.be.below((losses[0] ?? 0) * 0.6);
        tf.dispose([ids, ...targets]);
        optimizer.dispose();
        network.dispose();
      });
    });

  it('names the weights so that they can be kept', () => {
    const network = buildNetwork(backend, SMALL);
    expect(Object.fromEntries([...network.weights()].map(([name, { shape }]) => [name, shape]))).to.deep.equal({
      embedding: [9, 3],
      'tech/conv2/kernel': [2, 3, 2],
      'tech/conv2/bias': [2],
      'tech/output/kernel': [2, 1],
      'tech/output/bias': [1],
      'finance/lstm/kernel': [3, 8],
      'finance/lstm/recurrent': [2, 8],
      'finance/lstm/bias': [8],
      'finance/lstm-backwards/kernel': [3, 8],
      'finance/lstm-backwards/recurrent': [2, 8],
      'finance/lstm-backwards/bias': [8],
      'finance/output/kernel': [4, 1],
      'finance/output/bias': [1],
      'culture/hidden1/kernel': [3, 2],
      'culture/hidden1/bias': [2],
      'culture/output/kernel': [2, 2],
      'culture/output/bias': [2],
    });
    network.dispose();
  });

  it('gives each lane an embedding of its own where none is shared', () => {
    const network = buildNetwork(backend, { ...SMALL, embedding: { dimensions: 3, shared: false } });
    const embeddings = [...network.weights().keys()].filter((name) => name.endsWith('embedding'));
    expect(embeddings).to.deep.equal(['tech/embedding', 'finance/embedding', 'culture/embedding']);
    network.dispose();
  });

  it('begins the same with the same seed, on every backend, and otherwise with another', async () => {
    const initial = (on: Backend, seed: number) => {
      const network = buildNetwork(on, { ...SMALL, seed });
      const weights = network.getWeights();
      network.dispose();
      return weights;
    };
    const weights = initial(backend, 1);
    expect(initial(backend, 2)).not.to.deep.equal(weights);
    expect(initial(await loadBackend({ prefer: 'cpu' }), 1)).to.deep.equal(weights);
  });

  it('drops out differently batch by batch, the same run by run, and not at all in inference', () => {
    const { tf } = backend;
    const config: NetworkConfig = { ...SMALL, embedding: { dimensions: 3, shared: true, dropout: 0.5 } };
    const three = (training: boolean) => {
      const network = buildNetwork(backend, config);
      const model = network.lanes.get('culture');
      const scores = tf.tidy(() =>
        [1, 2, 3].map(() => {
          const output = model?.apply(tf.tensor2d([[2, 3, 4, 5]], [1, 4], 'int32'), { training });
          return output instanceof tf.Tensor ? [...output.dataSync()] : [];
        }),
      );
      network.dispose();
      return scores;
    };
    const [first, second, third] = three(true);
    expect(first).to.have.length(2);
    expect([second, third]).not.to.deep.equal([first, first]);
    expect(three(true)).to.deep.equal([first, second, third]);
    expect(new Set(three(false).map(String)).size).to.equal(1);
  });

  it('leaves no tensor behind', () => {
    const { tf } = backend;
    const before = tf.memory().numTensors;
    scoresOf(backend);
    expect(tf.memory().numTensors).to.equal(before);
  });

  it('refuses a configuration that is none', () => {
    expect(() => buildNetwork(backend, { ...SMALL, lanes: [] })).to.throw(LockstepError, '`lanes`');
  });

  describe('setWeights', () => {
    const changed = (change: (weights: Map<string, NamedWeight>) => void) => {
      const network = buildNetwork(backend, SMALL);
      const before = network.getWeights();
      const weights = new Map(before);
      change(weights);
      try {
        network.setWeights(weights);
        return undefined;
      } catch (error) {
        expect(network.getWeights(), 'nothing was changed').to.deep.equal(before);
        expect(error).to.be.instanceOf(LockstepError).with.property('code', 'INVALID_ENSEMBLE');
        return error instanceof Error ? error.message : '';
      } finally {
        network.dispose();
      }
    };
    const bias = 'tech/output/bias';

    it('takes what getWeights gives', () => {
      const from = buildNetwork(backend, { ...SMALL, seed: 5 });
      const to = buildNetwork(backend, SMALL);
      to.setWeights(from.getWeights());
      expect(to.getWeights()).to.deep.equal(from.getWeights());
      from.dispose();
      to.dispose();
    });

    it('names a weight that is missing, unknown, misshapen, cut off or not finite', () => {
      expect(changed((weights) => weights.delete(bias))).to.include(`"${bias}" is missing`);
      expect(changed((weights) => weights.set('x', { shape: [1], data: Float32Array.of(1) }))).to.include(
        'no weight "x"',
      );
      expect(changed((weights) => weights.set('embedding', { shape: [3, 9], data: new Float32Array(27) }))).to.include(
        'Expected the weight "embedding" to be 9 × 3, got 3 × 9',
      );
      expect(changed((weights) => weights.set(bias, { shape: [1], data: new Float32Array(0) }))).to.include('got 0');
      expect(changed((weights) => weights.set(bias, { shape: [1], data: Float32Array.of(Number.NaN) }))).to.include(
        'not finite',
      );
    });
  });
});
