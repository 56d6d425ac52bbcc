type Listener = (...values: unknown[]) => void;

/**
 * The WASM module listens for uncaught errors and unhandled rejections of the whole process, only to throw them again, with
 * all of its own text as the source line. That is none of its business: what it adds while `load` runs is taken away, and
 * nobody else's.
 */
export async function withoutListeners<T>(load: () => Promise<T>): Promise<T> {
  const added: { readonly event: string; readonly listener: Listener }[] = [];
  const watch = (event: string, listener: Listener) => {
    const byModule = new Error().stack?.includes('tfjs-backend-wasm') ?? false;
    if (byModule && (event === 'uncaughtException' || event === 'unhandledRejection')) added.push({ event, listener });
  };
  process.on('newListener', watch);
  try {
    return await load();
  } finally {
    process.off('newListener', watch);
    for (const { event, listener } of added) process.off(event, listener);
  }
}
