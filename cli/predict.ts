import { Option } from 'commander';
import type { AddCommand } from './command.ts';
import { backendOption } from './options.ts';
import type { PredictArguments } from './predict/run.ts';

const HELP = `
Reads UTF-8 text, a text a line, plain or gzip, and writes as many lines in the
same order, so that others can score them: an empty line is a text too. A line
that is not UTF-8, or longer than 1 MiB, is labelled by what can be read of it,
reported on stderr, and ends it with 3.

Formats:
  label    the label, and nothing else (default)
  scores   the probability of each label, with tabs between them, in the order
           of the ensemble's labels, which is said on stderr
  json     {"label", "confidence", "probabilities", "lanes"}

Examples:
  $ lockstep predict zh-topics headlines.txt > labels.txt
  $ cut -f2- dev.tsv | lockstep predict ./my-model | paste - dev.tsv
  $ lockstep predict ./my-model texts.txt.gz --format scores > scores.tsv
`;

/** Declares `lockstep predict`. */
export const predictCommand: AddCommand = (program, perform) => {
  program
    .command('predict')
    .summary('write a label a line, for each line of text')
    .description('Writes a label for each line of text: one line in, one line out.')
    .argument('<ensemble>', 'a folder, or the name of a shipped one')
    .argument('[file]', 'texts, one a line; - or none: standard input')
    .addOption(new Option('--format <format>', 'what to write (default: label)').choices(['label', 'scores', 'json']))
    .addOption(backendOption())
    .addHelpText('after', HELP)
    .action((ensemble: string, file: string | undefined, options: Omit<PredictArguments, 'ensemble' | 'file'>) =>
      perform(async (console) => {
        const { runPredict } = await import('./predict/run.ts');
        return runPredict({ ensemble, file: file ?? '-', ...options }, console);
      }),
    );
};
