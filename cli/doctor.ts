import type { AddCommand } from './command.ts';
import { EXIT } from './exit-codes.ts';

const HELP = `
Says what runs models here: compiled lanes, or a tensor backend; which of these
there are for training, why not the others, and how to get the native one. Ends
with 1 if there is nothing: then no model can run.
`;

/** Declares and runs `lockstep doctor`. */
export const doctorCommand: AddCommand = (program, perform) => {
  program
    .command('doctor')
    .summary('say what runs models here, and why not something else')
    .description('Looks at what this machine has for running models.')
    .option('--json', 'write JSON')
    .addHelpText('after', HELP)
    .action(({ json }: { readonly json?: boolean }) =>
      perform(async ({ stdout }) => {
        const { diagnose, formatDiagnosis } = await import('../src/subtasks/doctor.ts');
        const diagnosis = await diagnose();
        stdout.write(`${json ? JSON.stringify(diagnosis, undefined, 2) : formatDiagnosis(diagnosis)}\n`);
        return diagnosis.backend === undefined ? EXIT.failure : EXIT.fine;
      }),
    );
};
