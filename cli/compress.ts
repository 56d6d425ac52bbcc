import { Option } from 'commander';
import type { AddCommand } from './command.ts';
import type { CompressArguments } from './compress/run.ts';
import { parseSize } from './compress/size.ts';
import { backendOption } from './options.ts';

const HELP = `
Makes the weights coarser (8, 4, 3 or 2 bits), hashes shorter, vocabulary and
tables of n-grams smaller, or leaves lanes out: whatever, within the size, has
the least log loss on the rows of --dev. These rows must not be those by which
you judge the result in the end: of many candidates the best on some rows is so
in part by chance. A part of the rows held back for training is right.

With --data, rows such as it was trained on, n-grams that are frequent in them
stay longer; without, those with large weights. The labels there do not count.

The size is that of all files of the ensemble, with the card. 1 MB is 1,000,000
bytes, 1 MiB 1,048,576.

Examples:
  $ lockstep compress my-model --to 1MB --dev dev.tsv --out my-small-model
  $ lockstep compress en-news --to 500kB --dev dev.tsv --data train.tsv --out en
  $ lockstep compress my-model --to 1MiB --dev dev.tsv --out small --format json
`;

/** Declares `lockstep compress`. */
export const compressCommand: AddCommand = (program, perform) => {
  program
    .command('compress')
    .summary('make an ensemble smaller, at the least cost')
    .description('Makes an ensemble smaller, saves it in a folder, and says what that cost.')
    .argument('<ensemble>', 'a folder, or the name of a shipped one')
    .requiredOption('--to <size>', 'at most so large, such as 1MB, 500kB or 750000', parseSize)
    .requiredOption('--dev <file>', 'labelled rows to choose and to measure by; - for standard input')
    .requiredOption('--out <folder>', 'where to save it')
    .option('--data <file>', 'rows such as it was trained on')
    .addOption(new Option('--format <format>', 'what to write (default: text)').choices(['text', 'json']))
    .addOption(backendOption())
    .addHelpText('after', HELP)
    .action((ensemble: string, options: Omit<CompressArguments, 'ensemble'>) =>
      perform(async (console) => {
        const { runCompress } = await import('./compress/run.ts');
        return runCompress({ ensemble, ...options }, console);
      }),
    );
};
