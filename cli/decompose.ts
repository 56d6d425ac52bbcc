import { Option } from 'commander';
import type { AddCommand } from './command.ts';
import type { DecomposeArguments } from './decompose/run.ts';
import { parseCount, parseSeed, parseSvgFile } from './options.ts';

const HELP = `
Rows are label<TAB>text, or JSON lines {"label", "text"}, plain or gzip.

Shown are the labels of each lane with its load, which is measured: how long a
lane over n-grams takes for a document, by the number of its labels; how much of
all confusion stays within lanes, against groups of the same sizes by chance; and
which labels are most often taken for one another, by naive Bayes, which had not
learned from the row.

  class    one lane a label
  kmeans   labels whose texts are alike share a lane
  graph    labels that are taken for one another share a lane

Examples:
  $ lockstep decompose rows.tsv --lanes 4
  $ lockstep decompose rows.tsv --method kmeans --svg lanes.svg
  $ lockstep decompose rows.tsv.gz --json > lanes.json
`;

/** Declares `lockstep decompose`. */
export const decomposeCommand: AddCommand = (program, perform) => {
  program
    .command('decompose')
    .summary('group the labels of a task into lanes of equal load')
    .description('Groups the labels of a task into lanes of equal load.')
    .argument('<data>', 'labelled rows; - for standard input')
    .addOption(new Option('--method <name>', 'how to group (default: graph)').choices(['class', 'kmeans', 'graph']))
    .option('--lanes <count>', 'how many lanes (default: the square root of the number of labels)', parseCount)
    .option('--seed <number>', 'what all chance comes from (default: 1)', parseSeed)
    .option('--svg <file>', 'draw it there; - for standard output, in place of text', parseSvgFile)
    .option('--json', 'write JSON in place of text')
    .addHelpText('after', HELP)
    .action((data: string, options: Omit<DecomposeArguments, 'data'>) =>
      perform(async (console) => {
        const { runDecompose } = await import('./decompose/run.ts');
        return runDecompose({ data, ...options }, console);
      }),
    );
};
