import { CommanderError } from 'commander';
import type { LockstepErrorCode } from '../src/errors.ts';
import { type Console, say } from './console.ts';
import { EXIT } from './exit-codes.ts';

const USAGE: LockstepErrorCode = 'INVALID_ARGUMENT';

/** Tells the user, in one line, why a command failed, and gives the exit code. With `debug` the stack follows. */
export function reportFailure(console: Console, error: unknown, debug: boolean): number {
  // Commander has said what was wrong already, or has shown the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
  say(console, oneLine(error));
  if (debug) console.stderr.write(`${stackOf(error)}\n`);
  return codeOf(error) === USAGE ? EXIT.usage : EXIT.failure;
}

function oneLine(error: unknown): string {
  const message = (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, ' ');
  const code = codeOf(error);
  return code === undefined ? message : `${message} [${code}]`;
}

/** By the code, not the class: the error may come from another copy of the library. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause) || String(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
