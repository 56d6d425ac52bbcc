import { Command } from 'commander';
import { classifyCommand, withPlainTimeline } from './classify.ts';
import { compressCommand } from './compress.ts';
import type { Console } from './console.ts';
import { decomposeCommand } from './decompose.ts';
import { doctorCommand } from './doctor.ts';
import { evaluateCommand } from './evaluate.ts';
import { EXIT, EXIT_CODES_HELP } from './exit-codes.ts';
import { explainCommand } from './explain.ts';
import { reportFailure } from './failure.ts';
import { predictCommand } from './predict.ts';
import { serveCommand } from './serve.ts';
import { trainCommand } from './train.ts';
import { version } from './version.ts';

const EXAMPLES = `
Examples:
  $ lockstep classify headlines.txt               label each line, with a model
                                                  that fits its script
  $ lockstep classify --timeline headlines.txt    and draw which lane ran when
  $ lockstep serve --help                         label a Kafka topic as it grows
  $ lockstep predict my-model texts.txt           a label a line, for each line
  $ lockstep train --data rows.tsv --out my-model rows: label<TAB>text
  $ lockstep evaluate my-model dev.tsv            how good it is, lane by lane
  $ lockstep explain "Oil prices climb"            why a text is labelled so
  $ lockstep decompose rows.tsv --lanes 4         which labels belong together
  $ lockstep compress my-model --to 1MB --dev dev.tsv --out small
                                                  at most so large, at the least
                                                  cost in accuracy
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
  for (const command of [
    classifyCommand,
    predictCommand,
    serveCommand,
    trainCommand,
    evaluateCommand,
    explainCommand,
    decomposeCommand,
    compressCommand,
    doctorCommand,
  ])
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
