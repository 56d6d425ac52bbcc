/**
 * Boosted trees beside scikit-learn's, fitted to the same rows with the same options in one run: how far apart their probabilities are,
 * how well both do on other rows, and how long fitting takes.
 *
 *     npm run bench -- boosting        # LOCKSTEP_PYTHON: a Python with scikit-learn (default: python3)
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { accuracyOf, confusionOf } from '../src/evaluate/confusion.ts';
import { logLossOf } from '../src/evaluate/proper-scores.ts';
import { argmax } from '../src/integrate/argmax.ts';
import { type BoostingSample, fitBoosting } from '../src/integrate/boosting/fit-boosting.ts';
import { logOdds } from '../src/integrate/weighted-vote.ts';
import { seededNormal, seededRandom } from '../src/subtasks/random.ts';
import { type Figure, report } from './report.ts';

const OPTIONS = { rounds: 100, learningRate: 0.1, maxLeaves: 8, maxDepth: 4, minRows: 20, l2: 1, maxBins: 255 };
const PYTHON = process.env.LOCKSTEP_PYTHON ?? 'python3';

/** What lanes of a made-up ensemble say: each is right in its own part of the rows, and abstains in some. */
interface Task {
  readonly name: string;
  readonly rows: number;
  readonly lanes: number;
  readonly labels: number;
  readonly abstains: number;
}

const TASKS: readonly Task[] = [
  { name: '4,000 rows, 3 lanes of 3 labels', rows: 4000, lanes: 3, labels: 3, abstains: 0 },
  { name: '4,000 rows, 3 lanes of 4 labels that abstain at times', rows: 4000, lanes: 3, labels: 4, abstains: 0.1 },
  {
    name: '20,000 rows, 4 lanes of 10 labels that abstain at times',
    rows: 20_000,
    lanes: 4,
    labels: 10,
    abstains: 0.05,
  },
];

/** Fits both, and reports. */
export async function boosting(): Promise<void> {
  const figures: Figure[] = [];
  let version: string | undefined;
  for (const task of TASKS) {
    const fit = sampleOf(task, task.rows, 'fit');
    const test = sampleOf(task, task.rows / 2, 'test');
    const cpu = process.cpuUsage();
    const { trees } = fitBoosting(fit, OPTIONS);
    const own = process.cpuUsage(cpu);
    const ours = trees.probabilities(test.values);
    figures.push(...qualityOf(`${task.name}: rx-lockstep`, test, ours));
    figures.push({
      what: `${task.name}: rx-lockstep, fitting`,
      value: (own.user + own.system) / 1e6,
      unit: 's of processor',
    });
    const peer = await scikitLearn(fit, test);
    if (peer === undefined) continue;
    version = peer.version;
    const apart = ours.reduce((sum, p, i) => sum + Math.abs(p - (peer.probabilities[i] ?? 0)), 0) / ours.length;
    figures.push(...qualityOf(`${task.name}: scikit-learn`, test, peer.probabilities));
    figures.push({ what: `${task.name}: scikit-learn, fitting`, value: peer.cpuSeconds, unit: 's of processor' });
    figures.push({ what: `${task.name}: mean difference of probabilities`, value: apart, unit: '', goal: '< 0.01' });
  }
  report('boosting', `boosted trees beside HistGradientBoostingClassifier, ${OPTIONS.rounds} rounds`, figures, {
    options: OPTIONS,
    versions: version === undefined ? {} : { 'scikit-learn': version },
  });
}

function qualityOf(what: string, { truth, labels, rows }: BoostingSample, probabilities: Float64Array): Figure[] {
  const given = Array.from({ length: rows }, (_, row) => argmax(probabilities, row * labels, labels));
  return [
    { what: `${what}, accuracy`, value: accuracyOf(confusionOf(truth, given, labels)) * 100, unit: '%' },
    { what: `${what}, log loss`, value: logLossOf({ truth, probabilities, labels }), unit: '' },
  ];
}

function sampleOf({ lanes, labels, abstains }: Task, rows: number, seed: string): BoostingSample {
  const random = seededRandom(`${seed} ${rows} ${labels}`);
  const normal = seededNormal(`${seed} ${rows} ${labels}`);
  const columns = lanes * labels;
  const truth = Float64Array.from({ length: rows }, () => Math.floor(random() * labels));
  const values = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let lane = 0; lane < lanes; lane++) {
      const isSilent = random() < abstains;
      for (let label = 0; label < labels; label++) {
        const knows = (label + lane) % lanes === 0 ? 1.8 : 0.6; // each lane knows some labels well
        const evidence = normal() + (truth[row] === label ? knows : 0);
        const score = Math.fround(1 / (1 + Math.exp(-evidence)));
        values[row * columns + lane * labels + label] = isSilent ? Number.NaN : logOdds(score);
      }
    }
  return { rows, columns, labels, values, truth };
}

interface Peer {
  readonly probabilities: Float64Array;
  readonly cpuSeconds: number;
  readonly version: string;
}

/** Undefined, and said so, where there is no Python with scikit-learn. */
async function scikitLearn(fit: BoostingSample, test: BoostingSample): Promise<Peer | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-boosting-'));
  try {
    await writeFile(join(folder, 'task.json'), JSON.stringify({ columns: fit.columns, ...OPTIONS }));
    await writeFile(join(folder, 'fit.f64'), bytesOf(fit.values));
    await writeFile(join(folder, 'fit.truth'), bytesOf(fit.truth));
    await writeFile(join(folder, 'test.f64'), bytesOf(test.values));
    const script = new URL('boosting.py', import.meta.url);
    const said = execFileSync(PYTHON, [fileURLToPath(script), folder], {
      encoding: 'utf8',
      env: { ...process.env, OMP_NUM_THREADS: '1' },
    });
    const bytes = await readFile(join(folder, 'probabilities.f64'));
    const { cpuSeconds, version } = JSON.parse(said) as { cpuSeconds: number; version: string };
    const probabilities = Float64Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(i * 8));
    return { probabilities, cpuSeconds, version };
  } catch (error) {
    console.log(`No scikit-learn to compare with: ${String(error).split('\n')[0]}`);
    return undefined;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function bytesOf(values: ArrayLike<number>): Uint8Array {
  return new Uint8Array(Float64Array.from(values).buffer);
}
