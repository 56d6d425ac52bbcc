import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Ensemble, EvaluateOptions, Evaluation } from '../../src/ensemble/index.ts';
import { LockstepError } from '../../src/errors.ts';
import type { BackendPreference } from '../../src/subtasks/backend.ts';
import { type Console, say } from '../console.ts';
import { EXIT } from '../exit-codes.ts';
import { loadModel } from '../models.ts';
import { type ReadRows, type Row, readLabelled, readUsable } from '../rows.ts';
import { palette, wantsColor } from '../terminal.ts';
import { allTexts } from '../texts.ts';
import { reportText } from './report.ts';

/** What `lockstep evaluate` was told. */
export interface EvaluateArguments {
  readonly ensemble: string;
  readonly file: string;
  readonly format?: 'text' | 'json';
  readonly html?: string;
  readonly against?: string;
  readonly againstPredictions?: string;
  readonly seed?: number;
  readonly backend?: BackendPreference;
}

/** What the command is made of; a test brings its own. */
export interface EvaluateParts {
  readonly load: (model: string, backend: BackendPreference | undefined) => Promise<Ensemble>;
  readonly readRows: ReadRows;
  readonly evaluate: (ensemble: Ensemble, rows: readonly Row[], options: EvaluateOptions) => Promise<Evaluation>;
  readonly predict: (ensemble: Ensemble, texts: readonly string[]) => Promise<readonly { readonly label: string }[]>;
  readonly page: (name: string, evaluation: Evaluation) => string;
}

/** Measures an ensemble; gives the exit code. */
export async function runEvaluate(args: EvaluateArguments, console: Console, parts?: EvaluateParts): Promise<number> {
  if (args.against !== undefined && args.againstPredictions !== undefined)
    throw new LockstepError(
      'INVALID_ARGUMENT',
      'Expected one thing to compare with: --against or --against-predictions',
    );
  const { load, readRows, evaluate, predict, page } = parts ?? (await realParts());
  const ensemble = await load(args.ensemble, args.backend);
  try {
    const { rows, bad } = await readLabelled(args.file, console, readRows);
    const against = await rival(args, rows, { load, predict });
    const evaluation = await evaluate(ensemble, rows, { against, seed: args.seed });
    if (args.html !== undefined) {
      await writeFile(args.html, page(ensemble.name, evaluation));
      say(console, `see ${args.html}`);
    }
    const { stdout, env } = console;
    const text =
      args.format === 'json'
        ? `${JSON.stringify(evaluation)}\n`
        : reportText(ensemble.name, evaluation, palette(wantsColor(stdout, env)));
    stdout.write(text);
    return bad > 0 ? EXIT.deadLetters : EXIT.fine;
  } finally {
    await ensemble.close();
  }
}

/** What something else gives the same rows. */
async function rival(
  { against, againstPredictions, backend }: EvaluateArguments,
  rows: readonly Row[],
  { load, predict }: Pick<EvaluateParts, 'load' | 'predict'>,
): Promise<EvaluateOptions['against']> {
  if (againstPredictions !== undefined) {
    const given = await allTexts(againstPredictions);
    return { name: basename(againstPredictions), given: given.map((label) => label.trim()) };
  }
  if (against === undefined) return undefined;
  const other = await load(against, backend);
  try {
    const verdicts = await predict(
      other,
      rows.map(({ text }) => text),
    );
    return { name: other.name, given: verdicts.map(({ label }) => label) };
  } finally {
    await other.close();
  }
}

async function realParts(): Promise<EvaluateParts> {
  const { evaluate, evaluationPage, predict } = await import('../../src/ensemble/index.ts');
  return { load: loadModel, readRows: readUsable, evaluate, predict, page: evaluationPage };
}
