import { type Palette, palette } from '../terminal.ts';
import type { ErrorFields } from './error-fields.ts';

const COLOUR: Readonly<Record<string, keyof Palette>> = { warn: 'yellow', error: 'red', fatal: 'red', info: 'green' };
const LEVEL_WIDTH = 5;

/** A line of JSON as pino writes it, for people: time, level, message, and the fields after it. */
export function prettyLine(line: string, color: boolean): string {
  const { level, time, msg, pid: _pid, hostname: _hostname, ...fields }: Record<string, unknown> = JSON.parse(line);
  const style = palette(color);
  const name = String(level);
  const paint = style[COLOUR[name] ?? 'dim'];
  const clock = String(time).slice('2000-01-01T'.length, -1);
  const rest = Object.entries(fields).map(([key, value]) => style.dim(`${key}=`) + harmless(quoted(value)));
  return `${[style.dim(clock), paint(name.padEnd(LEVEL_WIDTH)), harmless(String(msg)), ...rest].join(' ')}\n`;
}

function quoted(value: unknown): string {
  if (isError(value)) return reasons(value).join(' ← ');
  return typeof value === 'string' && /^\S+$/.test(value) ? value : JSON.stringify(value);
}

/** What was wrong, and because of what; kafkajs' errors repeat what their cause says. */
function reasons({ message, cause }: ErrorFields): string[] {
  const others = cause === undefined ? [] : reasons(cause);
  return others[0] === message ? others : [message, ...others];
}

function isError(value: unknown): value is ErrorFields {
  return typeof value === 'object' && value !== null && 'message' in value && 'type' in value;
}

/** On one line, and without what moves the cursor or turns the text. */
function harmless(text: string): string {
  return text.replaceAll(/\p{C}+/gu, ' ');
}
