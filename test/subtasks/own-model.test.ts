import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { Graph } from '../../bench/onnx/graph.ts';
import { onnxRuntime } from '../../bench/onnx/session.ts';
import type { Encoded } from '../../src/document/document.ts';
import { LockstepError } from '../../src/errors.ts';
import { runSubtask } from '../../src/lanes/run-subtask.ts';
import { loadBackend } from '../../src/subtasks/backend.ts';
import { layersModelSubtask } from '../../src/subtasks/layers-model.ts';
import { type OnnxSession, onnxSubtask } from '../../src/subtasks/onnx.ts';
import { ownModelSubtask } from '../../src/subtasks/own-model.ts';
import type { Subtask } from '../../src/subtasks/subtask.ts';

const document = (...ids: number[]): Encoded & { text: string } => ({
  text: '',
  ids: Int32Array.from(ids),
  unknown: 0,
});
const DOCUMENTS = [document(2, 3), document(4), document(2, 2, 2, 5)];
const score = async (lane: Subtask<Encoded>, documents = DOCUMENTS): Promise<number[]> =>
  Array.from(await firstValueFrom(runSubtask(lane, documents, false)));
const failure = async (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

/** A session whose output are the sums and the lengths of the rows. */
function session(
  data: (sums: readonly number[]) => unknown,
): OnnxSession<number[][]> & { readonly shapes: number[][] } {
  const shapes: number[][] = [];
  return {
    shapes,
    inputNames: ['mask', 'ids'],
    outputNames: ['hidden', 'logits'],
    run: async ({ ids = [] }) => {
      shapes.push([ids.length, ids[0]?.length ?? 0]);
      return { logits: { data: data(ids.map((row) => row.reduce((sum, id) => sum + id, 0))) } };
    },
  };
}

/** Rows of ids. */
const rowsOf = (ids: Int32Array, [rows, columns]: readonly [number, number]): number[][] =>
  Array.from({ length: rows }, (_, row) => Array.from(ids.subarray(row * columns, (row + 1) * columns)));

describe('ownModelSubtask', () => {
  it('packs documents, cut and padded, and passes probabilities on', async () => {
    const seen: number[][] = [];
    const lane = ownModelSubtask({ name: 'own', labels: ['a'], maxLength: 3, minLength: 2 }, async (packed) => {
      seen.push(Array.from(packed.data));
      return new Array(packed.rows).fill(0.25);
    });
    expect(await score(lane)).to.deep.equal([0.25, 0.25, 0.25]);
    await score(lane, [document(7)]);
    expect(seen).to.deep.equal([
      [2, 3, 0, 4, 0, 0, 2, 2, 2],
      [7, 0],
    ]);
  });

  it('makes probabilities of logits', async () => {
    const run = async () => [0, Math.log(3), 1000, -1000];
    const documents = DOCUMENTS.slice(0, 2);
    const sigmoid = ownModelSubtask({ name: 's', labels: ['a', 'b'], activation: 'sigmoid' }, run);
    const softmax = ownModelSubtask({ name: 's', labels: ['a', 'b'], activation: 'softmax' }, run);
    expect(await score(sigmoid, documents)).to.deep.equal([0.5, 0.75, 1, 0]);
    expect(await score(softmax, documents)).to.deep.equal([0.25, 0.75, 1, 0]);
  });

  it('refuses options that cannot be, and a model of another size', async () => {
    const run = async () => [0.5];
    for (const options of [
      { maxLength: 0 },
      { minLength: 300 },
      { activation: 'relu' },
      { labels: [] },
      { name: '' },
    ]) {
      const given = JSON.parse(JSON.stringify({ name: 'own', labels: ['a'], ...options }));
      expect(() => ownModelSubtask(given, run))
        .to.throw(LockstepError)
        .with.property('code', 'INVALID_ARGUMENT');
    }
    const error = await failure(score(ownModelSubtask({ name: 'own', labels: ['a'] }, run)));
    expect(error).to.include({ code: 'INVALID_SCORES' });
    expect(error).to.have.property('message').that.includes('3 × 1 numbers, got 1');
  });
});

describe('onnxSubtask', () => {
  const options = { name: 'mine', labels: ['a'], tensor: rowsOf, input: 'ids', output: 'logits' } as const;

  it('gives the session ids and takes its output', async () => {
    const own = session((sums) => Float32Array.from(sums, (sum) => sum - 5));
    const scores = await score(onnxSubtask({ ...options, session: own, activation: 'sigmoid' }));
    const expected = [0, -1, 6].map((logit) => Math.fround(1 / (1 + Math.exp(-logit))));
    expect(scores).to.deep.equal(expected);
    expect(own.shapes).to.deep.equal([[3, 4]]);
  });

  it('refuses what is no session, names that it does not have, and outputs of another type', async () => {
    const own = session((sums) => BigInt64Array.from(sums, BigInt));
    expect(() => onnxSubtask({ ...options, session: own, input: 'tokens' })).to.throw(
      LockstepError,
      'one of mask, ids',
    );
    expect(() => onnxSubtask({ ...options, session: own, output: 'scores' })).to.throw(LockstepError, 'hidden, logits');
    expect(() => onnxSubtask(JSON.parse('{ "name": "x", "labels": ["a"] }'))).to.throw(LockstepError, 'session');
    expect(await failure(score(onnxSubtask({ ...options, session: own })))).to.include({ code: 'INVALID_SCORES' });
    expect(await failure(score(onnxSubtask({ ...options, session: own, output: 'hidden' })))).to.include({
      code: 'INVALID_SCORES',
    });
  });

  it('runs an ONNX file in onnxruntime', async function () {
    const runtime = onnxRuntime()?.module;
    if (!runtime) {
      console.log('      skipped: onnxruntime-node is not installed');
      return this.skip();
    }
    // The mean of a weight for each token, padding and all.
    const graph = new Graph();
    const ids = graph.input('ids', 'int32', ['documents', 'tokens']);
    const table = graph.floats([6, 1], Float32Array.of(0, 0, 1, -1, 2, 0.5));
    const means = graph.node('ReduceMean', [graph.node('Gather', [table, ids])], { axes: [1], keepdims: 0 });
    const opened = await runtime.InferenceSession.create(graph.model(means, ['documents', 1]), {});
    try {
      const lane = onnxSubtask({
        name: 'mine',
        labels: ['a'],
        session: { inputNames: ['ids'], outputNames: opened.outputNames, run: (inputs) => opened.run(inputs) },
        tensor: (data: Int32Array, dims: readonly number[]): object => new runtime.Tensor('int32', data, dims),
        activation: 'sigmoid',
      });
      const expected = [0, 0.5, 3.5 / 4].map((logit) => 1 / (1 + Math.exp(-logit)));
      for (const [row, found] of (await score(lane)).entries()) expect(found).to.be.closeTo(expected[row] ?? 0, 1e-6);
    } finally {
      await opened.release();
    }
  });
});

describe('layersModelSubtask', () => {
  it('asks a tf.LayersModel, and leaves no tensor behind', async () => {
    const { tf, layers } = await loadBackend({ prefer: 'cpu' });
    const model = layers.sequential({
      layers: [
        layers.layers.embedding({
          inputDim: 6,
          outputDim: 1,
          inputLength: 4,
          weights: [tf.tensor2d([0, 0, 1, -1, 2, 0.5], [6, 1])],
        }),
        layers.layers.globalAveragePooling1d({}),
        layers.layers.activation({ activation: 'sigmoid' }),
      ],
    });
    const lane = layersModelSubtask({ name: 'mine', labels: ['a'], tf, model, minLength: 4, maxLength: 4 });
    await score(lane);
    const before = tf.memory().numTensors;
    const scores = await score(lane);
    expect(tf.memory().numTensors).to.equal(before);
    const expected = [0, 0.5, 3.5 / 4].map((logit) => 1 / (1 + Math.exp(-logit)));
    for (const [row, found] of scores.entries()) expect(found).to.be.closeTo(expected[row] ?? 0, 1e-6);
    model.dispose();
  });

  it('refuses what is no model', () => {
    expect(() => layersModelSubtask(JSON.parse('{ "name": "x", "labels": ["a"] }')))
      .to.throw(LockstepError, 'model')
      .with.property('code', 'INVALID_ARGUMENT');
  });
});
