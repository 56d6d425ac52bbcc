import { Option } from 'commander';
import type { AddCommand } from './command.ts';
import type { EvaluateArguments } from './evaluate/run.ts';

const HELP = `
Rows are label<TAB>text, or JSON lines {"label", "text"}, plain or gzip. Rows
that cannot be used are reported with their line numbers, and end it with 3.

Shown are accuracy and macro F1 of the ensemble and of each lane, the confusion
matrix (a row a true label, a column a label given), and how far confidence can
be trusted (expected calibration error).

Examples:
  $ lockstep evaluate zh-topics dev.tsv
  $ lockstep evaluate ./my-model dev.jsonl.gz --json > report.json
  $ zcat rows.tsv.gz | lockstep evaluate ./my-model -
`;

/** Declares `lockstep evaluate`. */
export const evaluateCommand: AddCommand = (program, perform) => {
  program
    .command('evaluate')
    .summary('measure an ensemble and its lanes on labelled rows')
    .description('Measures an ensemble, and each of its lanes, on labelled rows.')
    .argument('<ensemble>', 'a folder, or the name of a shipped one')
    .argument('<file>', 'labelled rows; - for standard input')
    .option('--json', 'write JSON')
    .addOption(
      new Option('--backend <name>', 'tensor backend (default: the best there is)').choices([
        'auto',
        'native',
        'wasm',
        'cpu',
      ]),
    )
    .addHelpText('after', HELP)
    .action((ensemble: string, file: string, options: Omit<EvaluateArguments, 'ensemble' | 'file'>) =>
      perform(async (console) => {
        const { runEvaluate } = await import('./evaluate/run.ts');
        return runEvaluate({ ensemble, file, ...options }, console);
      }),
    );
};
