import type { Readable } from 'node:stream';
import type { LockstepError } from '../src/errors.ts';
import { type Console, say } from './console.ts';

/** A labelled text. */
export interface Row {
  readonly label: string;
  readonly text: string;
}

/** Reads labelled rows; tells of each that cannot be used. */
export type ReadRows = (input: string | Readable, onBadRow: (reason: LockstepError) => void) => Promise<readonly Row[]>;

/** More than so many bad rows are counted, but not shown one by one. */
const SHOWN = 10;

/** Reads the rows of a file, or of standard input for `-`, and tells the user of the bad ones. */
export async function readLabelled(
  file: string,
  console: Console,
  readRows: ReadRows,
): Promise<{ readonly rows: readonly Row[]; readonly bad: number }> {
  let bad = 0;
  const rows = await readRows(file === '-' ? console.stdin : file, ({ message, code }) => {
    if (++bad <= SHOWN) say(console, `${message} [${code}]`);
  });
  const shown = bad > SHOWN ? ', of which the first are shown' : '';
  if (bad > 0) say(console, `${bad.toLocaleString('en')} ${bad === 1 ? 'row was' : 'rows were'} not used${shown}`);
  return { rows, bad };
}

/** Reads the rows of a file or stream that can be used; more than a hundredth of others is an error. */
export const readUsable: ReadRows = async (input, onBadRow) => {
  const { readRows } = await import('../src/ensemble/index.ts');
  const { rows } = await readRows(input, { onBadRow: ({ reason }) => onBadRow(reason) });
  return rows;
};
