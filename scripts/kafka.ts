import { main } from './kafka/command.ts';

const stop = new AbortController();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(130); // the second time: at once
    stop.abort();
  });

// npm hands a SIGTERM to its shell, which ends without handing it on.
const parent = process.ppid;
if (process.env.npm_lifecycle_event !== undefined)
  setInterval(() => {
    if (process.ppid !== parent) stop.abort();
  }, 250).unref();

const code = await main(process.argv.slice(2), {
  print: (text) => console.log(text),
  note: (text) => console.error(text),
  signal: stop.signal,
});
process.exit(code);
