import { readFileSync } from 'node:fs';
import { LockstepError } from '../errors.ts';
import { type Memory, type Module, wasm } from './web-assembly.ts';

/** Scores documents: the lane's struct, ids `[rows, columns]`, where the scores go. All but `rows` and `columns` are places in memory. */
type LaneKernel = (lane: number, ids: number, rows: number, columns: number, out: number) => void;

/** What `assembly/index.ts` exports. */
export interface Kernels {
  readonly convolutional8: LaneKernel;
  readonly convolutional16: LaneKernel;
  readonly pyramid: LaneKernel;
  readonly pooled: LaneKernel;
  readonly attention: LaneKernel;
  readonly recurrent: (lane: number, ids: number, rows: number, columns: number, order: number, out: number) => void;
  readonly multiply: (x: number, rows: number, inputs: number, w: number, columns: number, out: number) => void;
}

const NAMES = [
  'convolutional8',
  'convolutional16',
  'pyramid',
  'pooled',
  'attention',
  'recurrent',
  'multiply',
] as const satisfies readonly (keyof Kernels)[];

let module: Module | undefined;

/**
 * The kernels over a memory.
 *
 * @throws LockstepError `BACKEND_UNAVAILABLE` if they were not built, or this Node's WebAssembly has no vector instructions.
 */
export function kernelsOver(memory: Memory): Kernels {
  module ??= loadModule();
  const { exports } = new wasm.Instance(module, { env: { memory } });
  if (!isKernels(exports)) throw unavailable('they lack a function; `npm run build` makes them anew');
  return exports;
}

function loadModule(): Module {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(new URL('./kernels.wasm', import.meta.url));
  } catch (cause) {
    throw unavailable('they are not built; `npm run build` does it', cause);
  }
  try {
    return new wasm.Module(bytes);
  } catch (cause) {
    throw unavailable('the WebAssembly of this Node has no vector instructions (SIMD)', cause);
  }
}

function isKernels(exports: object): exports is Kernels {
  return NAMES.every((name) => name in exports);
}

function unavailable(why: string, cause?: unknown): LockstepError {
  return new LockstepError('BACKEND_UNAVAILABLE', `The kernels of compiled lanes do not load: ${why}`, { cause });
}
