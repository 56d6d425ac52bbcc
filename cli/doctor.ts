import type { AddCommand } from './command.ts';
import { EXIT } from './exit-codes.ts';

const HELP = `
Says which tensor backend is in use, why the other is not, and how to get the
native one. Ends with 1 if there is none at all: then no model can run.
`;

/** Declares and runs `lockstep doctor`. */
export const doctorCommand: AddCommand = (program, perform) => {
  program
    .command('doctor')
    .summary('say which tensor backend runs here, and why not the other')
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
