#!/usr/bin/env node
import type { StopSignal } from './console.ts';
import { EXIT_OF_SIGNAL } from './exit-codes.ts';
import { main } from './main.ts';

// Whoever read what we say to the user may leave before us; that is no reason to fail.
process.stderr.on('error', () => {});

process.exitCode = await main(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  onInterrupt: (handle, signals = ['SIGINT']) => {
    const forget = (): void => {
      for (const signal of signals) process.off(signal, first);
    };
    const first = (signal: StopSignal): void => {
      forget();
      for (const each of signals) process.once(each, () => process.exit(EXIT_OF_SIGNAL[each]));
      handle(signal);
    };
    for (const signal of signals) process.once(signal, first);
    return forget;
  },
});
