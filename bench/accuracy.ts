/**
 * Trains an ensemble for each data set with the preset of its language and nothing else, saves and loads it, and scores the dev rows;
 * beside it scikit-learn and fastText (where Python has them) on the same rows.
 *
 *     npm run bench:accuracy                   # all sets
 *     npm run bench:accuracy -- trec6 sst2     # some
 *
 * LOCKSTEP_DATA: the folder of the data (default: ../shared/data). LOCKSTEP_PYTHON: a Python with scikit-learn, fasttext or both (default:
 * python3). Times are of the processor, so that other work on the machine does not count.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  evaluate,
  loadEnsemble,
  type PresetName,
  type Row,
  readRows,
  saveEnsemble,
  train,
} from '../src/ensemble/index.ts';
import { characters, words } from '../src/language/tokenizers.ts';
import { type Figure, report } from './report.ts';

interface DataSet {
  readonly name: string;
  readonly folder: string;
  readonly preset: PresetName;
  readonly main: string;
  readonly extra?: string;
  readonly labels?: readonly string[];
  /** Of accuracy, in per cent. */
  readonly goal: number;
}

const SETS: readonly DataSet[] = [
  { name: 'thucnews10', folder: 'thucnews10', preset: 'zh', main: 'train.tsv.gz', goal: 92 },
  {
    name: 'agnews4 + extra',
    folder: 'agnews4',
    preset: 'en',
    main: 'train.tsv.gz',
    extra: 'train_extra_tokenised.tsv.gz',
    goal: 92.3,
  },
  { name: 'trec6', folder: 'trec6', preset: 'en', main: 'train.tsv', goal: 89 },
  {
    name: 'sst2 + extra',
    folder: 'sst2',
    preset: 'en',
    main: 'train.tsv',
    extra: 'train_extra_phrases.tsv.gz',
    goal: 87.5,
  },
  { name: 'r8', folder: 'r8', preset: 'en', main: 'train.tsv.gz', goal: 97.3 },
  {
    name: 'tnews tech/finance/culture + extra',
    folder: 'tnews15',
    preset: 'zh',
    main: 'train.tsv.gz',
    extra: 'train_extra_toutiao.tsv',
    labels: ['tech', 'finance', 'culture'],
    goal: 74.5,
  },
];

const DATA = pathToFileURL(`${process.env.LOCKSTEP_DATA ?? '../shared/data'}/`);
const PYTHON = process.env.LOCKSTEP_PYTHON ?? 'python3';
const VECTORS: Readonly<Record<PresetName, string>> = { zh: 'vectors_zh_char200', en: 'vectors_en_glove100' };
const SEED = 1;

/** The rows of a set. */
interface Rows {
  readonly main: readonly Row[];
  readonly extra: readonly Row[];
  readonly dev: readonly Row[];
}

const asked = process.argv.slice(2);
const sets = asked.length === 0 ? SETS : SETS.filter(({ folder }) => asked.includes(folder));
if (sets.length < asked.length) {
  console.error(`Expected sets of [${SETS.map(({ folder }) => folder).join(', ')}], got ${asked.join(', ')}`);
  process.exit(2);
}
const figures: Figure[] = [];
const versions: Record<string, string> = {};
for (const set of sets) figures.push(...(await measure(set)));
report('accuracy', 'of the dev rows, trained on the others with the preset of the language and nothing else', figures, {
  versions,
});

async function measure(set: DataSet): Promise<Figure[]> {
  const rows = await rowsOf(set);
  const scratch = await mkdtemp(join(tmpdir(), 'bench-accuracy-'));
  try {
    return [...(await ours(set, rows, join(scratch, 'model'))), ...(await peers(set, rows, scratch))];
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function ours({ name, preset, labels, goal }: DataSet, rows: Rows, folder: string): Promise<Figure[]> {
  const vectors = new URL(VECTORS[preset], DATA);
  const before = process.cpuUsage();
  const trained = await train(rows.main, {
    preset,
    labels,
    extra: rows.extra,
    seed: SEED,
    vectors: existsSync(vectors) ? vectors : undefined,
  });
  const { user, system } = process.cpuUsage(before);
  await saveEnsemble(trained, folder);
  const ensemble = await loadEnsemble(folder);
  try {
    const { accuracy, calibrationError, lanes } = await evaluate(ensemble, rows.dev);
    const networks = trained.network.lanes.map((lane) => ({
      lane: lane.name,
      accuracy: lanes[lane.name]?.accuracy ?? 0,
    }));
    const { size } = await stat(join(folder, 'weights.safetensors'));
    return [
      { what: `${name}: rx-lockstep`, value: accuracy * 100, unit: '%', goal: `>= ${goal}` },
      ...networks.map(({ lane, accuracy: alone }) => ({
        what: `${name}: its lane ${lane} alone`,
        value: alone * 100,
        unit: '%',
      })),
      { what: `${name}: calibration error`, value: calibrationError, unit: '', goal: '<= 0.02' },
      { what: `${name}: training`, value: (user + system) / 1e6, unit: 's of processor' },
      { what: `${name}: weights`, value: size / 1e6, unit: 'MB' },
    ];
  } finally {
    await ensemble.close();
  }
}

/** What Python's libraries make of the same rows; nothing where there are none. */
async function peers({ name, preset }: DataSet, { main, extra, dev }: Rows, scratch: string): Promise<Figure[]> {
  const cut = preset === 'zh' ? characters({ words: 'zh', lowercase: true }) : words({ lowercase: true });
  const write = (file: string, rows: readonly Row[]) =>
    writeFile(
      join(scratch, file),
      JSON.stringify(rows.map(({ label, text }) => [label, text, cut(text).map((token) => token.text)])),
    );
  await Promise.all([write('train.json', [...main, ...extra]), write('dev.json', dev)]);
  const script = fileURLToPath(new URL('./accuracy.py', import.meta.url));
  try {
    const answer = execFileSync(PYTHON, [script, scratch, preset], { encoding: 'utf8', maxBuffer: 2 ** 24 });
    const results: readonly {
      readonly peer: string;
      readonly version: string;
      readonly accuracy: number;
      readonly seconds: number;
    }[] = JSON.parse(answer);
    return results.flatMap(({ peer, version, accuracy, seconds }) => {
      versions[peer.split(' ')[0] ?? peer] = version;
      return [
        { what: `${name}: ${peer}`, value: accuracy * 100, unit: '%' },
        { what: `${name}: ${peer}, training`, value: seconds, unit: 's of processor' },
      ];
    });
  } catch (error) {
    console.error(`No peers for ${name}: ${error instanceof Error ? error.message.split('\n', 1)[0] : String(error)}`);
    return [];
  }
}

async function rowsOf({ folder, main, extra, labels }: DataSet): Promise<Rows> {
  const read = async (file: string) => (await readRows(new URL(`${folder}/${file}`, DATA), { labels })).rows;
  return { main: await read(main), extra: extra === undefined ? [] : await read(extra), dev: await read('dev.tsv') };
}
