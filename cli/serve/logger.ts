import { type Logger, pino, stdTimeFunctions } from 'pino';
import type { Console } from '../console.ts';
import { wantsColor } from '../terminal.ts';
import { errorFields } from './error-fields.ts';
import { prettyLine } from './pretty-line.ts';
import type { ServeSettings } from './settings.ts';

export type { Logger } from 'pino';

/** What log lines are made by: JSON for machines, or a line for people, on standard output. */
export function createLogger(
  { log, logLevel }: Pick<ServeSettings, 'log' | 'logLevel'>,
  { stdout, env }: Pick<Console, 'stdout' | 'env'>,
): Logger {
  // Whoever reads the log may leave before us; that is no reason to stop.
  stdout.on('error', () => {});
  const format = log ?? (stdout.isTTY ? 'pretty' : 'json');
  const color = wantsColor(stdout, env);
  return pino(
    {
      level: logLevel,
      formatters: { level: (level) => ({ level }) },
      timestamp: stdTimeFunctions.isoTime,
      serializers: { err: (error) => errorFields(error) },
    },
    format === 'json' ? stdout : { write: (line: string) => stdout.write(prettyLine(line, color)) },
  );
}
