import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { QUICK } from './compiled-rounds.ts';
import { type Figure, median, report, show } from './report.ts';

const RUNS = QUICK ? 3 : 7;
const COMMAND = new URL('../dist/cli/lockstep.js', import.meta.url);
const STAGES = new URL('./startup-stages.mjs', import.meta.url);
const TEXTS = {
  'zh-topics': '央行宣布下调存款准备金率',
  'en-news': 'Oil prices climb as producers agree to cut output',
} as const;

/** From the start of the process to the first verdict of `lockstep classify` on a line, as it was built. */
export async function startup(): Promise<void> {
  if (!existsSync(COMMAND)) throw new Error('The package is not built: `npm run build` does it');
  const figures: Figure[] = [];
  for (const [model, text] of Object.entries(TEXTS)) {
    await firstVerdict(text); // files come into the cache of the system
    const times: number[] = [];
    for (let run = 0; run < RUNS; run++) times.push(await firstVerdict(text));
    figures.push({
      what: `${model}: from the start of the process to the first verdict`,
      value: median(times),
      unit: 'ms',
      goal: '<= 300',
      spread: [Math.min(...times), Math.max(...times)],
    });
    figures.push(...stages(model, text));
  }
  const about = `lockstep classify on one line, median of ${RUNS}`;
  if (QUICK) show('startup (quick)', about, figures);
  else report('startup', about, figures);
}

/** Milliseconds until the first line is there. */
async function firstVerdict(text: string): Promise<number> {
  const start = performance.now();
  const command = spawn(process.execPath, [fileURLToPath(COMMAND), 'classify'], { stdio: ['pipe', 'pipe', 'ignore'] });
  command.stdin.end(`${text}\n`);
  const ended = once(command, 'exit');
  await Promise.race([
    once(command.stdout, 'data'),
    ended.then(([code]) => {
      throw new Error(`lockstep classify said nothing, and ended with ${code}`);
    }),
  ]);
  const time = performance.now() - start;
  command.stdout.resume();
  await ended;
  return time;
}

/** The same, step by step: the medians of several processes. */
function stages(model: string, text: string): Figure[] {
  const runs = Array.from({ length: RUNS }, (): Readonly<Record<string, number>> => {
    const answer = execFileSync(process.execPath, [fileURLToPath(STAGES), model, text], { encoding: 'utf8' });
    return JSON.parse(answer);
  });
  return Object.keys(runs[0] ?? {}).map((step) => {
    const times = runs.map((run) => run[step] ?? Number.NaN);
    return {
      what: `${model}: ${step}`,
      value: median(times),
      unit: 'ms',
      spread: [Math.min(...times), Math.max(...times)] as const,
    };
  });
}
