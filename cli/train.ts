import { Option } from 'commander';
import type { AddCommand } from './command.ts';
import { parseCount, parseFraction, parseNames, parseSeed } from './options.ts';
import type { TrainArguments } from './train/run.ts';

const HELP = `
Rows are label<TAB>text, or JSON lines {"label", "text"}, plain or gzip. Part of
the first file is held back to stop early and to learn how much each lane's vote
weighs. Say the language, and nothing else has to be chosen.
Rows that cannot be used are reported with their line numbers; the rest is used,
unless they are too many.

Ctrl-C stops and saves the best so far; a second Ctrl-C ends at once. The same
seed gives the same model on the same backend.

Examples:
  $ lockstep train --data rows.tsv --out my-model
  $ lockstep train --data rows.jsonl.gz --labels tech,finance --out my-model
  $ lockstep train --preset zh --data news.tsv --data older.tsv --out my-model
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
    .option('--dev <file>', 'labelled rows to hold back, in place of a part of the data')
    .addOption(new Option('--preset <name>', 'how to train (default: by the script)').choices(['zh', 'en']))
    .requiredOption('--out <folder>', 'where to save the ensemble')
    .option('--labels <names>', 'the labels, as a,b,c (default: those of the rows)', parseNames)
    .option('--validation <part>', 'part of the rows to hold back (default: 0.1)', parseFraction)
    .option('--vectors <file>', 'pretrained word vectors, in text form')
    .option('--epochs <count>', 'times to go through the rows, at most', parseCount)
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
