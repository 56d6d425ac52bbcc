import { CompiledNetwork } from '../src/compiled/compiled-network.ts';
import { type BackendName, loadBackend } from '../src/subtasks/backend.ts';
import type { NamedWeights } from '../src/subtasks/network.ts';
import type { NetworkConfig } from '../src/subtasks/network-config.ts';
import type { PackedIds } from '../src/subtasks/pack-ids.ts';
import { TensorNetwork } from '../src/subtasks/tensor-network.ts';
import { type OnnxRuntime, onnxLane } from './onnx/session.ts';
import type { PeerPackage } from './peer-package.ts';

/** Something that computes the only lane of a network. */
export interface LaneEngine {
  readonly name: string;
  /** Makes it the one that computes. */
  readonly begin?: () => Promise<unknown>;
  score(packed: PackedIds): Float32Array | Promise<Float32Array>;
  close(): unknown;
}

export const COMPILED = 'compiled';
export const COMPILED_8 = 'compiled, 8 bits';
export const ONNX = 'onnxruntime';

/** All that there are here. */
export async function enginesFor(
  config: NetworkConfig,
  weights: NamedWeights,
  { onnx, tensors }: { readonly onnx: PeerPackage<OnnxRuntime> | undefined; readonly tensors: readonly BackendName[] },
): Promise<LaneEngine[]> {
  const name = config.lanes[0]?.name ?? '';
  const engines: LaneEngine[] = [];
  const precisions = config.lanes[0]?.kind === 'cnn' ? (['16-bit', '8-bit'] as const) : (['16-bit'] as const);
  for (const precision of precisions) {
    const network = new CompiledNetwork(config, weights, { precision });
    engines.push({
      name: precision === '8-bit' ? COMPILED_8 : COMPILED,
      score: (packed) => network.score(name, packed),
      close() {},
    });
  }
  if (onnx !== undefined) {
    const lane = await onnxLane(onnx.module, config, weights);
    engines.push({ name: ONNX, score: lane.score, close: lane.close });
  }
  for (const prefer of tensors) {
    const network = await TensorNetwork.load({ config, weights, prefer });
    engines.push({
      name: `tfjs ${prefer}`,
      begin: () => loadBackend({ prefer }),
      score: (packed) => network.score(name, packed),
      close: () => network.close(),
    });
  }
  return engines;
}
