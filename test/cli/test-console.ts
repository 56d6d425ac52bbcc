import { PassThrough, Readable } from 'node:stream';
import type { Console, StopSignal } from '../../cli/console.ts';

/** The world of a command under test. */
export interface TestConsole extends Console {
  readonly out: () => string;
  readonly err: () => string;
  /** Ctrl-C, or another signal. */
  readonly interrupt: (signal?: StopSignal) => void;
  /** Whether somebody waits for a signal. */
  readonly listens: () => boolean;
}

/** What a {@link TestConsole} is to be. */
export interface TestConsoleOptions {
  readonly input?: string | Buffer | Readable;
  readonly terminal?: boolean;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export function testConsole({ input = '', terminal = false, columns, env = {} }: TestConsoleOptions = {}): TestConsole {
  const [stdout, out] = output(terminal, columns);
  const [stderr, err] = output(terminal, columns);
  const handlers = new Map<(signal: StopSignal) => void, readonly StopSignal[]>();
  return {
    stdin: input instanceof Readable ? input : Readable.from([Buffer.from(input)]),
    stdout,
    stderr,
    env,
    onInterrupt: (handle, signals = ['SIGINT']) => {
      handlers.set(handle, signals);
      return () => handlers.delete(handle);
    },
    out,
    err,
    interrupt: (signal = 'SIGINT') => {
      for (const [handle, signals] of handlers) if (signals.includes(signal)) handle(signal);
    },
    listens: () => handlers.size > 0,
  };
}

function output(isTTY: boolean, columns: number | undefined): [Console['stdout'], () => string] {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk) => {
    text += chunk;
  });
  return [Object.assign(stream, { isTTY }, columns === undefined ? {} : { columns }), () => text];
}
