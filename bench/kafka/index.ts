/**
 * Benchmarks against a real broker, each on a fresh one: `npm run bench:kafka -- [names] [--scale 0.1] [--rounds 1]`. The script
 * measures the built package; without its `TSX_TSCONFIG_PATH` the sources are measured as tsx compiles them, which is slower.
 */
import { parseArgs } from 'node:util';
import { whyNoBroker } from '../../scripts/kafka/installation.ts';
import { consume } from './consume.ts';
import { latency } from './latency.ts';
import { peers } from './peers.ts';
import { pipe } from './pipe.ts';
import { processes } from './processes.ts';
import { recovery } from './recovery.ts';
import { type Benchmark, onFreshBroker } from './setting.ts';
import { tuning } from './tuning.ts';

const all: Readonly<Record<string, Benchmark>> = { consume, pipe, processes, latency, recovery, tuning, peers };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { scale: { type: 'string', default: '1' }, rounds: { type: 'string' } },
});
const unknown = positionals.filter((name) => !(name in all));
if (unknown.length > 0) fail(`Expected benchmarks of [${Object.keys(all).join(', ')}], got ${unknown.join(', ')}`);
const size = { scale: Number(values.scale), rounds: values.rounds === undefined ? undefined : Number(values.rounds) };
if (!(size.scale > 0)) fail(`Expected --scale to be a number above 0, got ${values.scale}`);
if (size.rounds !== undefined && !(size.rounds >= 1)) fail(`Expected --rounds to be at least 1, got ${values.rounds}`);
const reason = await whyNoBroker();
if (reason !== undefined) fail(reason);

for (const name of positionals.length > 0 ? positionals : Object.keys(all)) {
  const benchmark = all[name];
  if (benchmark) await onFreshBroker(benchmark, size);
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
