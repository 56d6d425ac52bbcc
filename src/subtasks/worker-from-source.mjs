/**
 * Starts a thread on a module in TypeScript, whose URL is the first argument: only from source, never built. `tsx` does
 * not reach threads by itself; where it is not installed, Node reads TypeScript or nothing here runs.
 */
try {
  const { register } = await import('tsx/esm/api');
  register();
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
}
await import(process.argv[2]);
