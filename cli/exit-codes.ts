import type { StopSignal } from './console.ts';

/** What the process ends with. */
export const EXIT = { fine: 0, failure: 1, usage: 2, deadLetters: 3, interrupted: 130, terminated: 143 } as const;

/** What it ends with at once at the second signal that asks it to stop. */
export const EXIT_OF_SIGNAL: Readonly<Record<StopSignal, number>> = {
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
};

/** How `--help` explains them. */
export const EXIT_CODES_HELP: string = `
Exit codes:
  0    fine; also when whoever reads the output left early (| head)
  1    something failed: an input, an output or a model
  2    the command line is wrong, or another setting
  3    all is done, but some lines could not be used (dead letters)
  130  interrupted (Ctrl-C): what was begun was finished and written; a second
       Ctrl-C ends at once
  143  terminated; lockstep serve ends with 0 if it could finish
`;
