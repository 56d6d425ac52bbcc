import type { Explanation } from '../../src/explain/explain.ts';
import type { BackendPreference } from '../../src/subtasks/backend.ts';
import type { Console } from '../console.ts';
import { EXIT } from '../exit-codes.ts';
import { type LoadModel, loadModel, Models } from '../models.ts';
import { knownScript } from '../route-by-script.ts';
import { palette, wantsColor } from '../terminal.ts';
import { colorDepthOf } from './highlight.ts';
import { explanationText } from './report.ts';

/** What `lockstep explain` was told. */
export interface ExplainArguments {
  readonly text: string;
  readonly model?: string;
  readonly format?: 'text' | 'json';
  readonly backend?: BackendPreference;
}

/** Explains the label of a text; gives the exit code. */
export async function runExplain(
  { text, model, format, backend }: ExplainArguments,
  { stdout, env }: Console,
  load: LoadModel = (name) => loadModel(name, backend),
): Promise<number> {
  const models = new Models(load, () => {});
  const ensemble = await (model === undefined ? models.load(knownScript(models, text)) : load(model));
  try {
    const { explain } = await import('../../src/explain/explain.ts');
    const explanation: Explanation = await explain(ensemble, text);
    if (format === 'json') stdout.write(`${JSON.stringify({ model: ensemble.name, ...explanation })}\n`);
    else
      stdout.write(
        explanationText(ensemble.name, explanation, palette(wantsColor(stdout, env)), colorDepthOf(stdout, env)),
      );
  } finally {
    await ensemble.close();
  }
  return EXIT.fine;
}
