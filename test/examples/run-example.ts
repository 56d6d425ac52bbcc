import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const root = resolve(import.meta.dirname, '../..');

/** Runs a program of `examples/` as a user does; gives what it printed, line by line. Rejects if it fails or says anything on stderr. */
export async function runExample(name: string, ...args: readonly string[]): Promise<string[]> {
  const program = ['--import', 'tsx', `examples/${name}.ts`, ...args];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, program, { cwd: root, timeout: 30_000 });
  if (stderr !== '') throw new Error(`${name} said on stderr: ${stderr}`);
  return stdout.trimEnd().split('\n');
}
