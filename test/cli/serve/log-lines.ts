import { createLogger, type Logger } from '../../../cli/serve/logger.ts';
import type { LogLevel } from '../../../cli/serve/settings.ts';
import { testConsole } from '../test-console.ts';

/** A line of the log, read back. */
export type LogLine = Readonly<Record<string, unknown>>;

/** A logger whose lines can be looked at. */
export function testLog(logLevel: LogLevel = 'info'): {
  readonly log: Logger;
  readonly lines: () => LogLine[];
  readonly text: () => string;
} {
  const console = testConsole();
  return {
    log: createLogger({ log: 'json', logLevel }, console),
    lines: () => linesOf(console.out()),
    text: console.out,
  };
}

/** The lines of a log in JSON, without what differs from run to run. */
export function linesOf(text: string): LogLine[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const { time: _time, pid: _pid, hostname: _hostname, ...rest } = JSON.parse(line);
      return rest;
    });
}
