import { pipeline } from 'node:stream/promises';
import type { Ensemble, Verdict } from '../../src/ensemble/index.ts';
import { LockstepError } from '../../src/errors.ts';
import { saysReaderLeft } from '../../src/sinks/line-writer.ts';
import { verdictRecord } from '../../src/sinks/verdict-record.ts';
import type { BackendPreference } from '../../src/subtasks/backend.ts';
import { type Console, say } from '../console.ts';
import { EXIT } from '../exit-codes.ts';
import { loadModel } from '../models.ts';
import { readTexts } from '../texts.ts';
import { inParts, oneAhead } from './parts.ts';

/** What `lockstep predict` was told. */
export interface PredictArguments {
  readonly ensemble: string;
  readonly file: string;
  readonly format?: 'label' | 'scores' | 'json';
  readonly backend?: BackendPreference;
}

/** What the command is made of; a test brings its own. */
export interface PredictParts {
  readonly load: (model: string, backend: BackendPreference | undefined) => Promise<Ensemble>;
  readonly predict: (ensemble: Ensemble, texts: readonly string[]) => Promise<readonly Verdict[]>;
}

/** So many texts are labelled together: of like length share a batch, and with more of them more are alike. */
const TOGETHER = 4096;
/** More bad lines than this are counted, but not shown one by one. */
const SHOWN = 10;
const DIGITS = 6;

/** Writes a line for each line of text; gives the exit code. */
export async function runPredict(args: PredictArguments, console: Console, parts?: PredictParts): Promise<number> {
  const { load, predict } = parts ?? (await realParts());
  const ensemble = await load(args.ensemble, args.backend);
  let bad = 0;
  const texts = readTexts(args.file === '-' ? console.stdin : args.file, ({ number, problem }, name) => {
    if (++bad <= SHOWN) say(console, `line ${number} of ${name} is labelled by what can be read of it: ${problem}`);
  });
  const line = lineOf(args.format ?? 'label', ensemble);
  if (args.format === 'scores') say(console, `columns: ${ensemble.labels.join(', ')}`);
  async function* lines(): AsyncGenerator<string> {
    for await (const verdicts of oneAhead(inParts(texts, TOGETHER), (part) => predict(ensemble, part)))
      yield verdicts.map((verdict) => `${line(verdict)}\n`).join('');
  }
  try {
    await pipeline(lines, console.stdout, { end: false });
  } catch (cause) {
    if (saysReaderLeft(cause)) return EXIT.fine;
    if (cause instanceof LockstepError) throw cause;
    throw new LockstepError('SINK_FAILED', 'Cannot write the labels', { cause });
  } finally {
    await ensemble.close();
  }
  if (bad > SHOWN)
    say(console, `${bad.toLocaleString('en')} lines could not be read well, of which the first are shown`);
  return bad > 0 ? EXIT.deadLetters : EXIT.fine;
}

function lineOf(format: NonNullable<PredictArguments['format']>, { labels }: Ensemble): (verdict: Verdict) => string {
  switch (format) {
    case 'label':
      return ({ label }) => label;
    case 'scores':
      return ({ probabilities }) => labels.map((label) => (probabilities[label] ?? 0).toFixed(DIGITS)).join('\t');
    case 'json':
      return (verdict) => {
        const { label, confidence, lanes } = verdictRecord({ text: '', verdict });
        const probabilities = Object.entries(verdict.probabilities).map(
          ([name, probability]) => [name, Number(probability.toFixed(DIGITS))] as const,
        );
        return JSON.stringify({ label, confidence, probabilities: Object.fromEntries(probabilities), lanes });
      };
  }
}

async function realParts(): Promise<PredictParts> {
  const { predict } = await import('../../src/ensemble/index.ts');
  return { load: loadModel, predict };
}
