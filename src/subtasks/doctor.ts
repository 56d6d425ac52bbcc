import os from 'node:os';
import { kernelsOver } from '../compiled/kernels.ts';
import { wasm as webAssembly } from '../compiled/web-assembly.ts';
import {
  type BackendName,
  type BackendPreference,
  type EngineBackend,
  loadBackend,
  preferredBackend,
  type TensorPreference,
} from './backend.ts';

/** Whether a backend loads here, and if not, why and how to get it. */
type BackendState = { readonly available: true } | { readonly available: false; readonly reason: string };

/** What this machine has for running models; plain JSON. */
export interface Diagnosis {
  /** As in `20.20.2`. */
  readonly node: string;
  /** As in `linux-x64`. */
  readonly platform: string;
  readonly cpus: { readonly count: number; readonly model: string };
  /** What runs trained lanes here; `undefined` if nothing can. */
  readonly backend: EngineBackend | undefined;
  /** The tensor backend, which training needs; `undefined` if there is none. */
  readonly tensors: BackendName | undefined;
  /** What was asked for: the environment variable `LOCKSTEP_BACKEND`, else `'auto'`. */
  readonly prefer: BackendPreference;
  readonly compiled: BackendState;
  readonly native: BackendState;
  readonly wasm: BackendState;
  /** Whether this Node's WebAssembly has vector instructions; without them that backend takes a multiple of the time. */
  readonly wasmSimd: boolean;
  /** Version of tfjs; `undefined` if it does not load. */
  readonly tfjs: string | undefined;
  /** Version of libtensorflow; `undefined` if it does not load. */
  readonly libtensorflow: string | undefined;
}

/**
 * Tries the backends and says which is in use, why the other is not, and the versions of everything.
 *
 * @throws LockstepError `INVALID_ARGUMENT` if `LOCKSTEP_BACKEND` names no backend.
 */
export async function diagnose(): Promise<Diagnosis> {
  const prefer = preferredBackend();
  // One after another, and the one in use last: the last one loaded is the one that computes in this thread.
  const wasm = await attempt('wasm');
  const native = await attempt('native');
  const used = await attempt(prefer === 'compiled' ? 'auto' : prefer);
  const compiled = compiledState();
  const wishes = prefer === 'auto' || prefer === 'compiled';
  const tensors = used.backend?.name;
  return {
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    cpus: { count: os.availableParallelism(), model: os.cpus()[0]?.model.trim() ?? 'unknown' },
    backend: wishes && compiled.available ? 'compiled' : prefer === 'compiled' ? undefined : tensors,
    tensors,
    prefer,
    compiled,
    native: native.state,
    wasm: wasm.state,
    wasmSimd: (await wasm.backend?.tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) === true,
    tfjs: used.backend?.version,
    libtensorflow: native.backend?.libtensorflow,
  };
}

function compiledState(): BackendState {
  try {
    kernelsOver(new webAssembly.Memory({ initial: 1 }));
    return { available: true };
  } catch (error) {
    return { available: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

async function attempt(prefer: TensorPreference): Promise<{
  readonly state: BackendState;
  readonly backend?: Awaited<ReturnType<typeof loadBackend>>;
}> {
  try {
    return { state: { available: true }, backend: await loadBackend({ prefer }) };
  } catch (error) {
    return { state: { available: false, reason: error instanceof Error ? error.message : String(error) } };
  }
}

/** A diagnosis as lines for people: what is in use, and of what is not, why and how to get it. */
export function formatDiagnosis(diagnosis: Diagnosis): string {
  const { node, platform, cpus, backend, tensors, prefer, compiled, native, wasm, wasmSimd, tfjs, libtensorflow } =
    diagnosis;
  const asked = prefer === 'auto' ? '' : ` (asked for by LOCKSTEP_BACKEND=${prefer})`;
  const rows = [
    ['machine', `Node ${node}, ${platform}, ${cpus.count} × ${cpus.model}`],
    ['in use', `${backend ?? 'nothing: no model can run'}${asked}`],
    ['training', tensors ?? 'no tensor backend: nothing can be trained'],
    ['compiled', compiled.available ? 'available' : compiled.reason],
    ['native', native.available ? `available: libtensorflow ${libtensorflow}` : native.reason],
    ['wasm', wasm.available ? `available, ${wasmSimd ? 'with' : 'without'} SIMD` : wasm.reason],
    ['tfjs', tfjs ?? 'does not load'],
  ];
  return rows.map(([name = '', value]) => `${name.padEnd(9)}${value}`).join('\n');
}
