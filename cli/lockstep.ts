#!/usr/bin/env node
import { EXIT } from './exit-codes.ts';
import { main } from './main.ts';

// Whoever read what we say to the user may leave before us; that is no reason to fail.
process.stderr.on('error', () => {});

process.exitCode = await main(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  onInterrupt: (handle) => {
    const first = (): void => {
      process.once('SIGINT', () => process.exit(EXIT.interrupted));
      handle();
    };
    process.once('SIGINT', first);
    return () => {
      process.off('SIGINT', first);
    };
  },
});
