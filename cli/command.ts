import type { Command } from 'commander';
import type { Console } from './console.ts';

/** What a command does once its options are read; gives the exit code. */
type Run = (console: Console) => Promise<number>;

/** Adds a command to the program. `perform` runs it, in the program's console. */
export type AddCommand = (program: Command, perform: (run: Run) => Promise<void>) => void;
