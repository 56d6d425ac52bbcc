import { Worker, type WorkerOptions } from 'node:worker_threads';

const FROM_SOURCE = import.meta.url.endsWith('.ts');

/** Starts a thread on a module of ours, which is named as it is in the source: from the source, or as it was built. */
export function startWorker(module: URL, given: WorkerOptions): Worker {
  const options = { ...given, ...withoutInputType() };
  if (!FROM_SOURCE) return new Worker(new URL(module.href.replace(/\.ts$/, '.js')), options);
  return new Worker(new URL('./worker-from-source.mjs', import.meta.url), { ...options, argv: [module.href] });
}

/** A thread takes Node's options over from the process; but after `node --input-type=module -e ...` no file may start. */
function withoutInputType(): Pick<WorkerOptions, 'execArgv'> {
  return process.execArgv.some((option) => option.startsWith('--input-type')) ? { execArgv: [] } : {};
}
