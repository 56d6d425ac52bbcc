import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Readable } from 'node:stream';
import { Failure } from './failure.ts';
import { isExecutable } from './files.ts';

/** How a process ended. */
export interface Exit {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a command that has ended left behind. */
export interface Finished extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** What the command reads from its standard input. @default nothing */
  readonly input?: string;
  /** Gets the standard output as it comes, in place of `stdout` at the end. */
  readonly onOutput?: (text: string) => void;
  /** Ends the command with SIGTERM. */
  readonly signal?: AbortSignal;
}

/** Runs a command to its end. Rejects with {@link CommandMissing} where there is no such command. */
export type Runner = (command: string, args: readonly string[], options?: RunOptions) => Promise<Finished>;

/** A process that talks through its standard output and error, and hears nothing. */
export type Talking = ChildProcessByStdio<null, Readable, Readable>;

export class CommandMissing extends Failure {
  readonly command: string;

  constructor(command: string) {
    super(`there is no command ${command}`);
    this.command = command;
  }
}

const children = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

export const run: Runner = async (command, args, { input = '', onOutput, signal } = {}) => {
  const child = track(spawn(...(await bound(command, args)), { stdio: ['pipe', 'pipe', 'pipe'] }));
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on(
    'data',
    onOutput ??
      ((text: string) => {
        stdout += text;
      }),
  );
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => undefined); // it may end before it has read everything
  child.stdin.end(input);
  const end = await untilAborted(child, signal);
  return { ...end, stdout, stderr };
};

/** Starts a command whose output the caller reads. It does not outlive this process. */
export async function talk(command: string, args: readonly string[]): Promise<Talking> {
  return track(spawn(...(await bound(command, args)), { stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** Runs a command on the terminal of this process, and gives its exit code. */
export async function runHere(command: string, args: readonly string[], signal: AbortSignal): Promise<number> {
  const child = track(spawn(...(await bound(command, args)), { stdio: 'inherit' }));
  const { code } = await untilAborted(child, signal);
  return code ?? 1;
}

/** Waits for the end of a process, and of its output. */
export function ended(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

/** The full name of a command, as the shell would find it. */
export async function findCommand(command: string, path: string = process.env.PATH ?? ''): Promise<string | undefined> {
  const places = isAbsolute(command) ? [command] : path.split(delimiter).map((folder) => join(folder, command));
  for (const place of places) if (await isExecutable(place)) return place;
  return undefined;
}

async function untilAborted(child: ChildProcess, signal: AbortSignal | undefined): Promise<Exit> {
  const stop = () => child.kill('SIGTERM');
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  try {
    return await ended(child);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function track<Child extends ChildProcess>(child: Child): Child {
  children.add(child);
  child.once('close', () => children.delete(child));
  return child;
}

/**
 * Linux's `setpriv` ties a process to its parent: it gets SIGKILL when the parent is gone, however that went. Elsewhere a
 * parent that is killed with SIGKILL leaves it behind.
 */
async function bound(command: string, args: readonly string[]): Promise<[string, string[]]> {
  const file = await findCommand(command);
  if (file === undefined) throw new CommandMissing(command);
  const setpriv = process.platform === 'linux' ? await findCommand('setpriv') : undefined;
  return setpriv === undefined ? [file, [...args]] : [setpriv, ['--pdeathsig', 'KILL', file, ...args]];
}
