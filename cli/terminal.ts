import type { Console, Output } from './console.ts';

export { fitted, widthOf } from '../src/text-width.ts';

/** Colours a text for a terminal, or leaves it as it is. */
export interface Palette {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly red: (text: string) => string;
}

const DEFAULT_COLUMNS = 80;

/** Whether an output is a terminal that wants colours: `NO_COLOR` says no, `FORCE_COLOR` says yes. */
export function wantsColor(output: Output, env: Console['env']): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return output.isTTY === true && env.TERM !== 'dumb';
}

export function palette(color: boolean): Palette {
  const style = (code: number) => (text: string) => (color ? `\u001B[${code}m${text}\u001B[0m` : text);
  return { bold: style(1), dim: style(2), green: style(32), yellow: style(33), red: style(31) };
}

export function columnsOf({ columns }: Output): number {
  return columns !== undefined && columns > 0 ? columns : DEFAULT_COLUMNS;
}
