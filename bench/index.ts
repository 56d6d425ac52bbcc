import { boosting } from './boosting.ts';
import { clock } from './clock.ts';
import { compiled } from './compiled.ts';
import { earlyBranch } from './early-branch.ts';
import { latency } from './latency.ts';
import { memory } from './memory.ts';
import { overhead } from './overhead.ts';
import { roofline } from './roofline.ts';
import { scheduling } from './scheduling.ts';
import { shipped } from './shipped.ts';
import { startup } from './startup.ts';

const all: Readonly<Record<string, () => Promise<void>>> = {
  scheduling,
  clock,
  memory,
  overhead,
  latency,
  boosting,
  'early-branch': earlyBranch,
  compiled,
  shipped,
  roofline,
  startup,
};
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in all));
if (unknown.length > 0) {
  console.error(`Expected benchmarks of [${Object.keys(all).join(', ')}], got ${unknown.join(', ')}`);
  process.exit(2);
}
for (const name of asked.length > 0 ? asked : Object.keys(all)) await all[name]?.();
