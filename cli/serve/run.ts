import { type Console, say } from '../console.ts';
import { EXIT } from '../exit-codes.ts';
import { loadModel } from '../models.ts';
import { printConfig } from './print-config.ts';
import { SettingsError } from './problems.ts';
import { type EffectiveSettings, type GivenOptions, readSettings } from './read-settings.ts';
import { Service, type ServiceParts } from './service.ts';

/** What `lockstep serve` was told. */
export interface ServeArguments {
  readonly options: GivenOptions;
  /** Whether to show the settings, and no more. */
  readonly printConfig: boolean;
}

const REAL_PARTS: ServiceParts = {
  load: (model, { backend }) => loadModel(model, backend),
  prepare: async (options) => {
    const { prepareKafka } = await import('./kafka-cluster.ts');
    return prepareKafka(options);
  },
  ofProcess: true,
};

/** Labels the documents of topics until it is asked to stop; gives the exit code. */
export async function runServe(
  args: ServeArguments,
  console: Console,
  parts: ServiceParts = REAL_PARTS,
): Promise<number> {
  let effective: EffectiveSettings;
  try {
    effective = await readSettings(args.options, console.env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    for (const { where, what } of error.problems) say(console, `${where}: ${what}`);
    return EXIT.usage;
  }
  if (!args.printConfig) return new Service(effective.settings, console, parts).perform();
  console.stdout.write(printConfig(effective));
  return EXIT.fine;
}
