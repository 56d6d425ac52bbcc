import type { Readable, Writable } from 'node:stream';

/** A stream that may be a terminal. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** A signal by which a process is asked to stop: by Ctrl-C, or by whoever runs it. */
export type StopSignal = 'SIGINT' | 'SIGTERM';

/** The world outside of a command, so that a test can be it. */
export interface Console {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Calls `handle` at the first of the signals (default: Ctrl-C only); at the second the process ends at once.
   *
   * @return a function that forgets `handle`
   */
  onInterrupt(handle: (signal: StopSignal) => void, signals?: readonly StopSignal[]): () => void;
}

/** Says something to the user, beside the results. */
export function say({ stderr }: Pick<Console, 'stderr'>, message: string): void {
  stderr.write(`lockstep: ${message}\n`);
}
