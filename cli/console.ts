import type { Readable, Writable } from 'node:stream';

/** A stream that may be a terminal. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** The world outside of a command, so that a test can be it. */
export interface Console {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Calls `handle` when the user asks to stop (Ctrl-C) for the first time; the second time the process ends at once.
   *
   * @return a function that forgets `handle`
   */
  onInterrupt(handle: () => void): () => void;
}

/** Says something to the user, beside the results. */
export function say({ stderr }: Pick<Console, 'stderr'>, message: string): void {
  stderr.write(`lockstep: ${message}\n`);
}
