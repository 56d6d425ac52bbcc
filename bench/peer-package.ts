import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

/** A package that takes part in a benchmark, but that this project does not depend on. */
export interface PeerPackage<T> {
  readonly module: T;
  readonly version: string;
}

/**
 * Loads a package if it is installed here, or in the folder that LOCKSTEP_PEERS names; else says how to get it and gives undefined.
 *
 * @param also what must be installed with it
 */
export function peerPackage<T>(
  name: string,
  { also = [] }: { readonly also?: readonly string[] } = {},
): PeerPackage<T> | undefined {
  const folder = process.env.LOCKSTEP_PEERS;
  const roots = [import.meta.url, ...(folder ? [join(resolve(folder), 'package.json')] : [])];
  for (const root of roots) {
    const require = createRequire(root);
    try {
      const file = require.resolve(name);
      const module: T = require(name);
      return { module, version: versionAbove(dirname(file)) };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND')) throw error;
    }
  }
  const wanted = [name, ...also].join(' ');
  console.log(
    `Without ${name}: \`npm install ${wanted}\` in a folder, whose path goes in LOCKSTEP_PEERS (for onnxruntime-node with a line ` +
      '`onnxruntime-node-install=skip` in its .npmrc, where its download is refused), lets it take part.',
  );
  return undefined;
}

/** The version in the nearest package.json that has one. */
function versionAbove(folder: string): string {
  const file = join(folder, 'package.json');
  if (existsSync(file)) {
    const { version }: { version?: string } = JSON.parse(readFileSync(file, 'utf8'));
    if (version !== undefined) return version;
  }
  const above = dirname(folder);
  return above === folder ? 'unknown' : versionAbove(above);
}
