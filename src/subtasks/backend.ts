import util from 'node:util';
import { invalidArgument, LockstepError } from '../errors.ts';

/** The tensor backends: libtensorflow, WebAssembly, and plain JavaScript (slow; for comparison). */
export type BackendName = 'native' | 'wasm' | 'cpu';

/** What computes in an engine: compiled lanes, a tensor backend, or nothing of the sort where no lane is a network. */
export type EngineBackend = 'compiled' | BackendName | 'none';

/** Which tensor backend to load; `'auto'` is the native one where it loads, else WebAssembly. */
export type TensorPreference = 'auto' | BackendName;

/** What is to run trained lanes; `'auto'` is compiled lanes, or tensors where these do not run. */
export type BackendPreference = 'compiled' | TensorPreference;

/** A loaded tensor library and what computes beneath it. */
export interface Backend {
  readonly tf: typeof import('@tensorflow/tfjs-core');
  readonly layers: typeof import('@tensorflow/tfjs-layers');
  readonly name: BackendName;
  /** Version of tfjs. */
  readonly version: string;
  /** Version of libtensorflow; only for `native`. */
  readonly libtensorflow?: string;
  /** What the user may want to know, for instance why the native backend is not used. */
  readonly notes: readonly string[];
}

const PREFERENCES: readonly string[] = ['auto', 'compiled', 'native', 'wasm', 'cpu'];
/** A string, not a literal in `import()`: the package is optional, and the compiler must not ask for it. */
const NATIVE_PACKAGE: string = '@tensorflow/tfjs-node';
/** What tfjs itself calls them. */
const REGISTERED: Readonly<Record<BackendName, string>> = { native: 'tensorflow', wasm: 'wasm', cpu: 'cpu' };
const HOW: Readonly<Record<BackendName, string>> = {
  native: '`npm run setup:native` (or `node node_modules/rx-lockstep/scripts/install-libtensorflow.mjs`) installs it',
  wasm: '`npm install @tensorflow/tfjs-backend-wasm` installs it',
  cpu: '`npm install @tensorflow/tfjs-backend-cpu` installs it',
};

/** One load a backend and thread; it is forgotten if it fails, so that the next call tries again. */
const loads = new Map<BackendName, Promise<Backend>>();

function isPreference(value: string): value is BackendPreference {
  return PREFERENCES.includes(value);
}

/**
 * What the environment variable `LOCKSTEP_BACKEND` asks for.
 *
 * @throws LockstepError `INVALID_ARGUMENT` if it names no backend.
 */
export function preferredBackend(): BackendPreference {
  return checkPreference('LOCKSTEP_BACKEND', process.env.LOCKSTEP_BACKEND || 'auto');
}

/**
 * Checks the name of a backend.
 *
 * @throws LockstepError `INVALID_ARGUMENT` if it is none.
 */
export function checkPreference(name: string, value: string): BackendPreference {
  if (typeof value === 'string' && isPreference(value)) return value;
  throw invalidArgument(name, "'auto', 'compiled', 'native', 'wasm' or 'cpu'", value);
}

/**
 * Sets what libtensorflow reads from the environment when it is loaded, where nothing is set: warnings and errors only
 * in its log, and without oneDNN, which at our sizes costs more than it saves (and rounds differently from the other
 * backends). Must run in the main thread before a thread is started that loads the native backend: C++ does not see
 * what a worker writes to `process.env`.
 */
export function quietNative(): void {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  process.env.TF_ENABLE_ONEDNN_OPTS ??= '0';
}

/** tfjs-node 4.22 still calls two functions of `node:util` that Node 23 removed (and Node 22 warns about). */
function polyfillUtil(): void {
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined });
  Object.assign(util, { isArray: Array.isArray });
}

async function loadCore(): Promise<Pick<Backend, 'tf' | 'layers' | 'version'>> {
  const tf = await import('@tensorflow/tfjs-core');
  tf.enableProdMode(); // without its greeting, which recommends another package
  const layers = await import('@tensorflow/tfjs-layers');
  return { tf, layers, version: tf.version_core };
}

function libtensorflowOf(backend: object): string {
  if (!('binding' in backend)) return 'unknown';
  const { binding } = backend;
  return typeof binding === 'object' && binding !== null && 'TF_Version' in binding
    ? String(binding.TF_Version)
    : 'unknown';
}

async function importBackend(name: BackendName): Promise<Backend> {
  if (name === 'native') {
    quietNative();
    polyfillUtil();
    // Before the core is configured: the package brings its own copy of tfjs up, which must find this process in order.
    await import(NATIVE_PACKAGE);
    const core = await loadCore();
    await core.tf.setBackend(REGISTERED.native);
    return { ...core, name, libtensorflow: libtensorflowOf(core.tf.backend()), notes: [] };
  }
  const core = await loadCore();
  if (name === 'wasm') {
    const { BackendWasm } = await import('@tensorflow/tfjs-backend-wasm');
    const { withoutListeners } = await import('./wasm/without-listeners.ts');
    const { registerTrainingKernels } = await import('./wasm/training-kernels.ts');
    const { registerCopyingKernels } = await import('./wasm/copying-kernels.ts');
    const { registerFasterKernels } = await import('./wasm/faster-kernels.ts');
    registerTrainingKernels(core.tf, BackendWasm);
    registerFasterKernels(core.tf, BackendWasm);
    registerCopyingKernels(core.tf, BackendWasm);
    await withoutListeners(() => core.tf.setBackend(REGISTERED.wasm));
  } else {
    await import('@tensorflow/tfjs-backend-cpu');
  }
  return { ...core, name, notes: [] };
}

async function loadOne(name: BackendName): Promise<Backend> {
  let load = loads.get(name);
  if (load === undefined) {
    load = importBackend(name);
    loads.set(name, load);
    load.catch(() => loads.delete(name));
  }
  try {
    const backend = await load;
    // Also where it was loaded before: another one may have been activated since.
    if (!(await backend.tf.setBackend(REGISTERED[name]))) throw new Error(`tfjs refused the backend "${name}"`);
    return backend;
  } catch (cause) {
    throw new LockstepError(
      'BACKEND_UNAVAILABLE',
      `The ${name} backend does not load: ${reason(cause)}. ${HOW[name]}`,
      {
        cause,
      },
    );
  }
}

/** The first line of an error: Node's "Cannot find package" goes on with a stack of requires. */
function reason(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.split('\n', 1)[0]?.replace(/\.$/, '') ?? message;
}

/**
 * Loads a tensor library and makes its backend the one that computes in this thread. A backend is loaded once a thread;
 * asking again costs nothing. Of several backends in a thread, that which was asked for last is active.
 *
 * @param options.prefer Which one. `'auto'` takes the native one where it loads, else WebAssembly, and says in
 * `notes` why. @default the environment variable `LOCKSTEP_BACKEND` if it names one, else `'auto'`
 * @throws LockstepError `INVALID_ARGUMENT` if `prefer` names no backend.
 * @throws LockstepError `BACKEND_UNAVAILABLE` if the backend that was asked for does not load, or none does; the message
 * says how to get it.
 * @example
 * ```ts
 * const { tf, name } = await loadBackend({ prefer: 'wasm' });
 * tf.sum(tf.ones([2, 3])).dataSync()[0]; // 6, computed by WebAssembly
 * ```
 */
export async function loadBackend(options: { readonly prefer?: TensorPreference | undefined } = {}): Promise<Backend> {
  const asked = options.prefer === undefined ? preferredBackend() : checkPreference('prefer', options.prefer);
  if (asked !== 'auto' && asked !== 'compiled') return loadOne(asked);
  try {
    return await loadOne('native');
  } catch (error) {
    const why = error instanceof LockstepError ? error.message : String(error);
    const wasm = await loadOne('wasm');
    return { ...wasm, notes: [...wasm.notes, why] };
  }
}
