import type { Ensemble } from '../../src/ensemble/types.ts';
import type { BackendPreference } from '../../src/subtasks/backend.ts';
import { loadModel } from '../classify/models.ts';
import type { Console } from '../console.ts';
import { EXIT } from '../exit-codes.ts';
import { type ReadRows, type Row, readLabelled, readUsable } from '../rows.ts';
import { palette, wantsColor } from '../terminal.ts';
import { type Report, reportText } from './report.ts';

/** What `lockstep evaluate` was told. */
export interface EvaluateArguments {
  readonly ensemble: string;
  readonly file: string;
  readonly json?: boolean;
  readonly backend?: BackendPreference;
}

/** What the command is made of; a test brings its own. */
export interface EvaluateParts {
  readonly load: (model: string, backend: BackendPreference | undefined) => Promise<Ensemble>;
  readonly readRows: ReadRows;
  readonly evaluate: (ensemble: Ensemble, rows: readonly Row[]) => Promise<Report>;
}

/** Measures an ensemble; gives the exit code. */
export async function runEvaluate(
  { ensemble: model, file, json, backend }: EvaluateArguments,
  console: Console,
  parts?: EvaluateParts,
): Promise<number> {
  const { load, readRows, evaluate } = parts ?? (await realParts());
  const ensemble = await load(model, backend);
  try {
    const { rows, bad } = await readLabelled(file, console, readRows);
    const report = await evaluate(ensemble, rows);
    const { stdout, env } = console;
    const text = json ? JSON.stringify(report) : reportText(ensemble.name, report, palette(wantsColor(stdout, env)));
    stdout.write(`${text}\n`);
    return bad > 0 ? EXIT.deadLetters : EXIT.fine;
  } finally {
    await ensemble.close();
  }
}

async function realParts(): Promise<EvaluateParts> {
  const { evaluate } = await import('../../src/ensemble/index.ts');
  return { load: loadModel, evaluate, readRows: readUsable };
}
