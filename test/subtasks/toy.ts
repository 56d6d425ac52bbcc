import type { Context } from 'mocha';
import { type Backend, loadBackend } from '../../src/subtasks/backend.ts';
import { buildNetwork, type NamedWeights, packIds } from '../../src/subtasks/network.ts';
import { minLengthOf, type NetworkConfig } from '../../src/subtasks/network-config.ts';

/** Every kind of lane with every option, small. */
export const TOY: NetworkConfig = {
  vocabularySize: 50,
  embedding: { dimensions: 8, shared: true },
  maxLength: 12,
  seed: 7,
  lanes: [
    { kind: 'cnn', name: 'cnn', labels: ['a'], widths: [1, 3, 4], filters: 6 },
    { kind: 'rnn', name: 'lstm', labels: ['a', 'b'], cell: 'lstm', units: 5 },
    { kind: 'rnn', name: 'LSTM 双向', labels: ['a'], cell: 'lstm', units: 5, bidirectional: true },
    { kind: 'rnn', name: 'gru', labels: ['a'], cell: 'gru', units: 5 },
    {
      kind: 'rnn',
      name: 'gru pooled',
      labels: ['a', 'b'],
      cell: 'gru',
      units: 5,
      bidirectional: true,
      pooling: 'max-mean',
    },
    { kind: 'rnn', name: 'gru both ways', labels: ['a', 'b'], cell: 'gru', units: 5, bidirectional: true },
    { kind: 'dpcnn', name: 'dpcnn', labels: ['a', 'b'], filters: 6, blocks: 3 },
    { kind: 'attention', name: 'attention', labels: ['a', 'b'], heads: 3, units: 5 },
    { kind: 'fcn', name: 'mean', labels: ['a', 'b', 'c'], hidden: [7], pooling: 'mean' },
    { kind: 'fcn', name: 'max', labels: ['a', 'b'], exclusive: false, hidden: [], pooling: 'max' },
  ],
};

export interface Ids {
  readonly ids: Int32Array;
}

/** Documents of 0, 1, 2, ... tokens, up to longer than the network takes. */
export const DOCUMENTS: readonly Ids[] = Array.from({ length: 16 }, (_, length) => ({
  ids: Int32Array.from({ length }, (_, at) => 1 + ((length * 7 + at * 11) % 49)),
}));

/** Weights large enough that a mistake shows in the scores. */
export function loudWeights(backend: Backend, config: NetworkConfig = TOY): NamedWeights {
  const network = buildNetwork(backend, config);
  const weights = new Map(
    [...network.getWeights()].map(([name, { shape, data }]) => {
      const values = data.map((value, at) => value * (name.endsWith('embedding') ? 20 : 1) + 0.1 * Math.sin(at + 1));
      return [name, { shape, data: values }];
    }),
  );
  network.dispose();
  return weights;
}

/** All lanes' scores, lane by lane, of documents packed together to at least `columns`. */
export function scoresOf(
  backend: Backend,
  { documents = DOCUMENTS, columns = 0 }: { readonly documents?: readonly Ids[]; readonly columns?: number } = {},
): number[][] {
  const { tf } = backend;
  const network = buildNetwork(backend, TOY);
  try {
    network.setWeights(loudWeights(backend));
    const packed = packIds(documents, TOY.maxLength, Math.max(minLengthOf(TOY), columns));
    return tf.tidy(() => {
      const input = tf.tensor2d(packed.data, [packed.rows, packed.columns], 'int32');
      const outputs = network.trainable.predictOnBatch(input);
      return (Array.isArray(outputs) ? outputs : [outputs]).map((output) => Array.from(output.dataSync()));
    });
  } finally {
    network.dispose();
  }
}

/** The largest difference between two lists of lists of numbers; NaN if their shapes differ or a value is not finite. */
export function difference(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  if (a.length !== b.length) return Number.NaN;
  const differences = a.flatMap((row, at) => {
    const other = b[at] ?? [];
    return row.length === other.length
      ? row.map((value, i) => Math.abs(value - (other[i] ?? Number.NaN)))
      : [Number.NaN];
  });
  return Math.max(0, ...differences);
}

/** The native backend, or the test is skipped; where `LOCKSTEP_REQUIRE_NATIVE` is 1, its absence is a failure. */
export async function nativeOrSkip(context: Context): Promise<Backend> {
  try {
    return await loadBackend({ prefer: 'native' });
  } catch (error) {
    if (process.env.LOCKSTEP_REQUIRE_NATIVE === '1') throw error;
    console.log(`      skipped, no native backend: ${error instanceof Error ? error.message : String(error)}`);
    return context.skip();
  }
}

/** The LockstepError code of what `action` throws or rejects with; `undefined` if it does neither. */
export async function codeOf(action: () => unknown): Promise<string | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}
