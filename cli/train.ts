import { Option } from 'commander';
import type { AddCommand } from './command.ts';
import { parseCount, parseFraction, parseNames, parseSeed } from './options.ts';
import type { TrainArguments } from './train/run.ts';

const HELP = `
Rows are label<TAB>text, or JSON lines {"label", "text"}, plain or gzip. Say the
language, and nothing else has to be chosen. The lanes are first tried: fitted to
all rows of the first file but a part, and asked about that part, which tells how
much the vote of each weighs. Then they are fitted to all rows. Rows of --dev are
never learned from: they choose the best epoch, and the weights of the vote.
Rows that cannot be used are reported with their line numbers; the rest is used,
unless they are too many.

Ctrl-C stops and saves the best so far; a second Ctrl-C ends at once. Parts that
are done are kept beside the model, in .MODEL.training, until all is: after a
kill or Ctrl-C the same command goes on from there. The same seed gives the same
model on the same backend.

Examples:
  $ lockstep train --data rows.tsv --out my-model
  $ lockstep train --data rows.jsonl.gz --labels tech,finance --out my-model
  $ lockstep train --preset zh --data news.tsv --data older.tsv --out my-model
  $ lockstep train --data rows.tsv --out my-model --decompose graph --lanes 4
  $ zcat rows.tsv.gz | lockstep train --data - --out my-model --seed 7
`;

/** Declares `lockstep train`. */
export const trainCommand: AddCommand = (program, perform) => {
  program
    .command('train')
    .summary('train an ensemble on labelled rows')
    .description('Trains an ensemble on labelled rows, and saves it in a folder.')
    .requiredOption(
      '--data <file>',
      'labelled rows, - for standard input; those of further --data are only learned from',
      (file: string, before: readonly string[] = []) => [...before, file],
    )
    .option('--dev <file>', 'labelled rows to judge by, in place of parts of the data')
    .addOption(new Option('--preset <name>', 'how to train (default: by the script)').choices(['zh', 'en']))
    .requiredOption('--out <folder>', 'where to save the ensemble')
    .option('--labels <names>', 'the labels, as a,b,c (default: those of the rows)', parseNames)
    .option(
      '--folds <count>',
      'in how many parts to try (default: 5, or a tenth once where the data is large)',
      parseCount,
    )
    .option('--validation <part>', 'the part to try with, in place of folds', parseFraction)
    .option('--vectors <file>', 'pretrained word vectors, in text form')
    .option('--epochs <count>', 'times to go through the rows, at most', parseCount)
    .addOption(
      new Option('--decompose <method>', 'split lanes over all labels into some over groups of them').choices([
        'kmeans',
        'graph',
      ]),
    )
    .option('--lanes <count>', 'how many groups (default: the square root of the number of labels)', parseCount)
    .addOption(new Option('--vote <kind>', 'what decides (default: weighted)').choices(['weighted', 'boosted']))
    .option('--seed <number>', 'what all chance comes from (default: 1)', parseSeed)
    .addOption(
      new Option('--backend <name>', 'tensor backend (default: the best there is)').choices([
        'auto',
        'native',
        'wasm',
        'cpu',
      ]),
    )
    .addHelpText('after', HELP)
    .action((options: TrainArguments) =>
      perform(async (console) => {
        const { runTrain } = await import('./train/run.ts');
        return runTrain(options, console);
      }),
    );
};
