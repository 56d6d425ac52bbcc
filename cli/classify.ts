import { Option } from 'commander';
import type { ClassifyArguments } from './classify/run.ts';
import type { AddCommand } from './command.ts';
import { backendOption, parseCount, parseFraction, parsePeriod, parseSvgFile, TERMINAL } from './options.ts';

const HELP = `
Input:
  UTF-8 text, a document a line, from the files (one after another) or from
  standard input; gzip is unpacked, empty lines are skipped. It is read as JSON
  lines if --json, --field or --id says so, or if the files are named .jsonl or
  .ndjson (or .jsonl.gz, .ndjson.gz).

Output:
  A table where stdout is a terminal, else JSON lines, in the order of the input:
  {"id": 7, "label": "tech", "confidence": 0.93,
   "lanes": {"cnn": {"label": "tech", "score": 0.97}, "lstm": null}}
  The id is that of the document, as given; without one it is the number of the
  line, or file:line if there are several files. For each lane there is the label
  for which it spoke loudest and its score; null where it abstained. With
  --min-confidence, a verdict that is less sure has "uncertain": true (in the
  table a question mark). What that buys, lockstep evaluate shows.

Models:
  Without --model, texts mostly in Han script go to zh-topics, and texts mostly
  in Latin script to en-news.

Dead letters:
  A line that cannot be labelled stops nothing. It is reported on stderr, or goes
  to a file as {"id", "text", "code", "reason"}; in the end the exit code is 3.

Examples:
  $ lockstep classify headlines.txt
  $ lockstep classify --field body.title --id url news.jsonl.gz > labels.jsonl
  $ tail -f titles.txt | lockstep classify --model ./my-model --clock 20ms
  $ lockstep classify --timeline run.svg headlines.txt
`;

/**
 * The arguments with `--timeline` marked as having no value, if what follows it does not look like one: else commander would take
 * the first input file for it.
 */
export function withPlainTimeline(args: readonly string[]): string[] {
  return args.map((arg, i) =>
    arg === '--timeline' && !/\.svg$/i.test(args[i + 1] ?? '') ? `--timeline=${TERMINAL}` : arg,
  );
}

/** Declares `lockstep classify`. */
export const classifyCommand: AddCommand = (program, perform) => {
  program
    .command('classify')
    .summary('label each line of text')
    .description('Labels each line of text, or each JSON line, as it comes.')
    .argument('[files...]', 'files to read; - or none: standard input')
    .option('-m, --model <folder>', 'an ensemble: a folder, or the name of a shipped one (zh-topics, en-news)')
    .option('--json', 'read JSON lines')
    .option('--field <name>', 'the field with the text; a.b leads into fields within fields (default: "text")')
    .option('--id <name>', 'the field with the identity (default: "id")')
    .addOption(new Option('--format <format>', 'what to write').choices(['json', 'table']))
    .option('--min-confidence <number>', 'mark verdicts that are less sure as uncertain', parseFraction)
    .option('--unordered', 'write each verdict as soon as it is there')
    .option('--dead-letters <file>', 'write the lines that cannot be labelled there, as JSON lines')
    .option('--clock <period>', 'time from edge to edge of the clock, such as 5ms or 0.5s (default: 5ms)', parsePeriod)
    .option('--batch <documents>', 'documents a batch, at most', parseCount, 64)
    .option('--in-flight <documents>', 'documents between input and output, at most', parseCount, 1024)
    .addOption(backendOption())
    .option('--timeline [file.svg]', 'draw which batch was where on which cycle: on stderr, or as SVG', parseSvgFile)
    .addHelpText('after', HELP)
    .action((files: string[], options: Omit<ClassifyArguments, 'files'>) =>
      perform(async (console) => {
        const { runClassify } = await import('./classify/run.ts');
        return runClassify({ files, ...options }, console);
      }),
    );
};
