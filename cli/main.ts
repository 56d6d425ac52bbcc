import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { classifyCommand, withPlainTimeline } from './classify.ts';
import type { Console } from './console.ts';
import { doctorCommand } from './doctor.ts';
import { evaluateCommand } from './evaluate.ts';
import { EXIT, EXIT_CODES_HELP } from './exit-codes.ts';
import { reportFailure } from './failure.ts';
import { trainCommand } from './train.ts';

const EXAMPLES = `
Examples:
  $ lockstep classify headlines.txt               label each line, with a model
                                                  that fits its script
  $ lockstep classify --timeline headlines.txt    and draw which lane ran when
  $ lockstep train --data rows.tsv --out my-model rows: label<TAB>text
  $ lockstep evaluate my-model dev.tsv            how good it is, lane by lane
  $ lockstep doctor                               which tensor backend runs here
`;

/**
 * Runs the `lockstep` command.
 *
 * @param args what follows the name of the command
 * @return the exit code
 */
export async function main(args: readonly string[], console: Console): Promise<number> {
  let exitCode: number = EXIT.fine;
  const program = new Command('lockstep')
    .description('Labels streams of text with small models that run in lockstep on a clock and vote.')
    .version(await version(), '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .option('--debug', 'show the stack of an error (also: LOCKSTEP_DEBUG=1)')
    .addHelpText('after', EXAMPLES + EXIT_CODES_HELP)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => console.stdout.write(text),
      writeErr: (text) => console.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'lockstep: ')),
    });
  for (const command of [classifyCommand, trainCommand, evaluateCommand, doctorCommand])
    command(program, async (run) => {
      exitCode = await run(console);
    });
  try {
    await program.parseAsync(withPlainTimeline(args), { from: 'user' });
  } catch (error) {
    exitCode = reportFailure(console, error, program.opts().debug === true || Boolean(console.env.LOCKSTEP_DEBUG));
  }
  return exitCode;
}

/** From the package's own description, which lies above this file, or above the folder it was built into. */
async function version(): Promise<string> {
  for (const place of ['../package.json', '../../package.json']) {
    const text = await readFile(new URL(place, import.meta.url), 'utf8').catch(() => undefined);
    if (text !== undefined) return String(JSON.parse(text).version);
  }
  return 'unknown';
}
