import { readFile } from 'node:fs/promises';

/** From the package's own description, which lies above this file, or above the folder it was built into. */
export async function version(): Promise<string> {
  for (const place of ['../package.json', '../../package.json']) {
    const text = await readFile(new URL(place, import.meta.url), 'utf8').catch(() => undefined);
    if (text !== undefined) return String(JSON.parse(text).version);
  }
  return 'unknown';
}
