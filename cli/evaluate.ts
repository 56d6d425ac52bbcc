import { Option } from 'commander';
import type { AddCommand } from './command.ts';
import type { EvaluateArguments } from './evaluate/run.ts';
import { backendOption, parseSeed } from './options.ts';

const HELP = `
Rows are label<TAB>text, or JSON lines {"label", "text"}, plain or gzip. Rows
that cannot be used are reported with their line numbers, and end it with 3.

Shown are:
  accuracy, macro F1       with 95 % intervals (percentile bootstrap, 2,000
                           samples of the rows), and by label
  lanes                    each alone; the ensemble at the same question; how
                           accuracy changes without the lane, with McNemar's p
  confidence               log loss, Brier score, expected calibration error (15
                           bins of equal mass), and what is labelled how well if
                           verdicts below a confidence are not used
  confusion                a row a true label, a column a label given
  --against                the difference in accuracy, with its interval and
                           McNemar's exact test

Examples:
  $ lockstep evaluate zh-topics dev.tsv
  $ lockstep evaluate ./my-model dev.tsv --html report.html
  $ lockstep evaluate ./my-model dev.tsv --against ./other-model
  $ lockstep evaluate ./my-model dev.tsv --against-predictions svm.txt
  $ zcat rows.tsv.gz | lockstep evaluate ./my-model - --format json
`;

/** Declares `lockstep evaluate`. */
export const evaluateCommand: AddCommand = (program, perform) => {
  program
    .command('evaluate')
    .summary('measure an ensemble and its lanes on labelled rows')
    .description('Measures an ensemble, and each of its lanes, on labelled rows.')
    .argument('<ensemble>', 'a folder, or the name of a shipped one')
    .argument('<file>', 'labelled rows; - for standard input')
    .addOption(new Option('--format <format>', 'what to write (default: text)').choices(['text', 'json']))
    .option('--html <file>', 'write a page with plots there, too')
    .option('--against <ensemble>', 'compare with another ensemble on the same rows')
    .option('--against-predictions <file>', 'compare with labels from elsewhere, one a line, a line a row')
    .option('--seed <number>', 'what the samples of the bootstrap come from (default: 1)', parseSeed)
    .addOption(backendOption())
    .addHelpText('after', HELP)
    .action((ensemble: string, file: string, options: Omit<EvaluateArguments, 'ensemble' | 'file'>) =>
      perform(async (console) => {
        const { runEvaluate } = await import('./evaluate/run.ts');
        return runEvaluate({ ensemble, file, ...options }, console);
      }),
    );
};
