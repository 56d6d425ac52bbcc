/** What the process ends with. */
export const EXIT = { fine: 0, failure: 1, usage: 2, deadLetters: 3, interrupted: 130 } as const;

/** How `--help` explains them. */
export const EXIT_CODES_HELP: string = `
Exit codes:
  0    fine; also when whoever reads the output left early (| head)
  1    something failed: an input, an output or a model
  2    the command line is wrong
  3    all is done, but some lines could not be used (dead letters)
  130  interrupted (Ctrl-C): what was begun was finished and written; a second
       Ctrl-C ends at once
`;
