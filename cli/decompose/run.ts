import { writeFile } from 'node:fs/promises';
import type { DecomposeMethod, DecomposeOptions, Decomposition } from '../../src/ensemble/index.ts';
import { LockstepError } from '../../src/errors.ts';
import { type Console, say } from '../console.ts';
import { EXIT } from '../exit-codes.ts';
import { TERMINAL } from '../options.ts';
import { type ReadRows, type Row, readLabelled, readUsable } from '../rows.ts';
import { palette, wantsColor } from '../terminal.ts';
import { reportText } from './report.ts';

/** What `lockstep decompose` was told. */
export interface DecomposeArguments {
  readonly data: string;
  readonly method?: DecomposeMethod;
  readonly lanes?: number;
  readonly seed?: number;
  readonly svg?: string;
  readonly json?: boolean;
}

/** What the command is made of; a test brings its own. */
export interface DecomposeParts {
  readonly readRows: ReadRows;
  readonly decompose: (rows: readonly Row[], options: DecomposeOptions) => Promise<Decomposition>;
  readonly draw: (decomposition: Decomposition) => string;
}

/** Groups the labels of a task; gives the exit code. */
export async function runDecompose(
  { data, svg, json, ...options }: DecomposeArguments,
  console: Console,
  parts?: DecomposeParts,
): Promise<number> {
  const { stdout, env } = console;
  if (svg === TERMINAL && json)
    throw new LockstepError('INVALID_ARGUMENT', 'Expected one thing to write: --json or --svg -');
  const { readRows, decompose, draw } = parts ?? (await realParts());
  const { rows, bad } = await readLabelled(data, console, readRows);
  const decomposition = await decompose(rows, options);
  if (svg === TERMINAL) stdout.write(`${draw(decomposition)}\n`);
  else if (svg !== undefined) {
    await writeFile(svg, `${draw(decomposition)}\n`);
    say(console, `see ${svg}`);
  }
  if (json) stdout.write(`${JSON.stringify(decomposition)}\n`);
  else if (svg !== TERMINAL) stdout.write(reportText(decomposition, palette(wantsColor(stdout, env))));
  return bad > 0 ? EXIT.deadLetters : EXIT.fine;
}

async function realParts(): Promise<DecomposeParts> {
  const { decomposeClasses, decompositionSvg } = await import('../../src/ensemble/index.ts');
  return { readRows: readUsable, decompose: decomposeClasses, draw: decompositionSvg };
}
