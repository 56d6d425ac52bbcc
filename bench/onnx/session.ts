import type { NamedWeights } from '../../src/subtasks/network.ts';
import type { NetworkConfig } from '../../src/subtasks/network-config.ts';
import type { PackedIds } from '../../src/subtasks/pack-ids.ts';
import { type PeerPackage, peerPackage } from '../peer-package.ts';
import { onnxOf } from './network.ts';

/** Of onnxruntime-node, what is used here. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: object): Promise<OnnxSession>;
  };
  readonly Tensor: new (type: 'int32', data: Int32Array, dimensions: readonly number[]) => object;
}

interface OnnxSession {
  readonly outputNames: readonly string[];
  run(inputs: Readonly<Record<string, object>>): Promise<Readonly<Record<string, { readonly data: Float32Array }>>>;
  release(): Promise<void>;
}

/** A lane in onnxruntime, on one thread. */
export interface OnnxLane {
  score(packed: PackedIds): Promise<Float32Array>;
  close(): Promise<void>;
}

/** onnxruntime-node, where it is installed. */
export function onnxRuntime(): PeerPackage<OnnxRuntime> | undefined {
  return peerPackage<OnnxRuntime>('onnxruntime-node');
}

/** The only lane of a network in onnxruntime, with all its optimisations, on one thread. */
export async function onnxLane(
  { InferenceSession, Tensor }: OnnxRuntime,
  config: NetworkConfig,
  weights: NamedWeights,
): Promise<OnnxLane> {
  const session = await InferenceSession.create(onnxOf(config, weights), {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
  });
  const [output = ''] = session.outputNames;
  return {
    score: async ({ data, rows, columns }) => {
      const outputs = await session.run({ ids: new Tensor('int32', data, [rows, columns]) });
      return outputs[output]?.data ?? new Float32Array(0);
    },
    close: () => session.release(),
  };
}
