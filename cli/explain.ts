import { Option } from 'commander';
import type { AddCommand } from './command.ts';
import type { ExplainArguments } from './explain/run.ts';
import { backendOption } from './options.ts';

const HELP = `
Shown are the label and its confidence; the text, in green what spoke for the
label and in red what spoke for the runner-up (without colours [+for] and
[-against]); what each lane says, its share in the verdict, and the tokens that
moved it most; and the tokens that moved the verdict most. All effects are
log-odds between the label and the runner-up: the shares of the lanes and the
bias sum to those of the verdict. Tokens are judged by leaving each one out.

Without --model, a text mostly in Han script goes to zh-topics, and one mostly in
Latin script to en-news.

Examples:
  $ lockstep explain "Oil prices climb as OPEC cuts output"
  $ lockstep explain 央行宣布下调存款准备金率 --model zh-topics
  $ lockstep explain "Cup final tonight" --format json
`;

/** Declares `lockstep explain`. */
export const explainCommand: AddCommand = (program, perform) => {
  program
    .command('explain')
    .summary('say why a text is labelled as it is')
    .description('Says which lanes, and which tokens, make the label of a text.')
    .argument('<text>', 'the text')
    .option('-m, --model <folder>', 'an ensemble: a folder, or the name of a shipped one (zh-topics, en-news)')
    .addOption(new Option('--format <format>', 'what to write (default: text)').choices(['text', 'json']))
    .addOption(backendOption())
    .addHelpText('after', HELP)
    .action((text: string, options: Omit<ExplainArguments, 'text'>) =>
      perform(async (console) => {
        const { runExplain } = await import('./explain/run.ts');
        return runExplain({ text, ...options }, console);
      }),
    );
};
