/**
 * Measures what makes the shipped ensembles smaller, and writes it into `docs/compression.md`.
 *
 *     npm run docs:compression                 # all
 *     npm run docs:compression -- zh-topics    # prints one, writes nothing
 *
 * The data is read from the folder in `LOCKSTEP_DATA` (default: `../shared/data`), dev files only. `models/` is left as it is.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { choose, explore } from '../src/compress/compress.ts';
import { type Figures, measure } from '../src/compress/measure.ts';
import { partsOf, type Setting } from '../src/compress/parts.ts';
import { Assessor } from '../src/compress/search.ts';
import { tokenize, type Variant, variantOf } from '../src/compress/variants.ts';
import {
  type EnsembleModel,
  type Row,
  readEnsemble,
  readRows,
  saveEnsemble,
  shippedModel,
  stratifiedSplit,
} from '../src/ensemble/index.ts';

const DATA: Readonly<Record<string, string>> = {
  'zh-topics': 'tnews15',
  'zh-news10': 'thucnews10',
  'en-news': 'agnews4',
};
const SIZES = [2_000_000, 1_500_000, 1_000_000, 750_000, 500_000, 250_000, 100_000];

const ALONE: readonly (readonly [what: string, settings: Readonly<Record<'networks' | 'ngrams', Partial<Setting>>>])[] =
  [
    ['all in 8 bits, hashes of 32 bits', { networks: {}, ngrams: {} }],
    ['networks in 4 bits', { networks: { precision: '4-bit' }, ngrams: {} }],
    ['networks in 3 bits', { networks: { precision: '3-bit' }, ngrams: {} }],
    ['networks in 2 bits', { networks: { precision: '2-bit' }, ngrams: {} }],
    ['half the vocabulary', { networks: { share: 0.5 }, ngrams: {} }],
    ['n-grams in 4 bits', { networks: {}, ngrams: { precision: '4-bit' } }],
    ['n-grams in 3 bits', { networks: {}, ngrams: { precision: '3-bit' } }],
    ['n-grams in 2 bits', { networks: {}, ngrams: { precision: '2-bit' } }],
    ['hashes of 24 bits', { networks: {}, ngrams: { falsePositives: 1 / 400 } }],
    ['hashes of 22 bits', { networks: {}, ngrams: { falsePositives: 1 / 100 } }],
    ['hashes of 20 bits', { networks: {}, ngrams: { falsePositives: 1 / 25 } }],
    ['half the n-grams', { networks: {}, ngrams: { share: 0.5 } }],
    ['a quarter of the n-grams', { networks: {}, ngrams: { share: 0.25 } }],
    [
      'networks in 4 bits, hashes of 24 bits',
      { networks: { precision: '4-bit' }, ngrams: { falsePositives: 1 / 400 } },
    ],
    [
      'all in 4 bits, hashes of 24 bits',
      { networks: { precision: '4-bit' }, ngrams: { precision: '4-bit', falsePositives: 1 / 400 } },
    ],
  ];

const PAGE = new URL('../docs/compression.md', import.meta.url);
const MARKERS = ['<!-- written by npm run docs:compression -->', '<!-- end -->'] as const;

const asked = process.argv.slice(2);
const sections: string[] = [];
for (const name of asked.length > 0 ? asked : Object.keys(DATA)) sections.push(await sectionOf(name));
const text = [await madeWith(), ...sections].join('\n\n');
if (asked.length > 0) console.log(text);
else await write(text);

async function sectionOf(name: string): Promise<string> {
  const folder = DATA[name];
  if (folder === undefined) throw new Error(`no data for ${name}; there is some for ${Object.keys(DATA).join(', ')}`);
  const model = await readEnsemble(shippedModel(name));
  const data = pathToFileURL(`${process.env.LOCKSTEP_DATA ?? '../shared/data'}/`);
  const { rows } = await readRows(new URL(`${folder}/dev.tsv`, data), { labels: model.labels });
  console.error(name);
  return [
    `### ${name}, on the dev rows of ${folder}`,
    ...(await searched(name, model, rows)),
    '',
    `Each means alone, on all ${rows.length.toLocaleString('en')} rows; what is not named is as in the first line.`,
    '',
    ...(await alone(model, rows)),
  ].join('\n');
}

/** What `lockstep compress` makes of an ensemble: chosen by one half of the rows, measured on the other. */
async function searched(name: string, model: EnsembleModel, all: readonly Row[]): Promise<string[]> {
  const { training: choosing, heldBack: rows } = stratifiedSplit(all, 0.5, 1);
  const exploration = await explore(model, choosing);
  const shipped = await measure(shippedModel(name), rows);
  const lines = [
    `\`lockstep compress ${name} --to SIZE\`: chosen by ${choosing.length.toLocaleString('en')} of the rows, measured on the other ${rows.length.toLocaleString('en')}.`,
    '',
    '| to | kB | accuracy, % | macro F1, % | calibration error, % | same label, % | texts/CPU s | what was done |',
    '|---|---|---|---|---|---|---|---|',
    line('as shipped', shipped.figures, 1, ''),
  ];
  const scratch = await mkdtemp(join(tmpdir(), 'compression-table-'));
  try {
    for (const to of SIZES.filter((size) => size < shipped.figures.bytes)) {
      const { model: small, precision, steps } = choose(exploration, { to });
      const folder = join(scratch, String(to));
      await saveEnsemble(small, folder, { precision });
      const { figures, given } = await measure(folder, rows);
      const same = given.filter((label, row) => label === shipped.given[row]).length / rows.length;
      lines.push(
        line(
          `${(to / 1e6).toLocaleString('en')} MB`,
          figures,
          same,
          steps
            .filter((step) => !step.startsWith('vote'))
            .map(briefly)
            .join('; '),
        ),
      );
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return lines;
}

function line(to: string, { bytes, evaluation, textsPerSecond }: Figures, same: number, done: string): string {
  const { accuracy, macroF1, calibrationError } = evaluation;
  const shares = [accuracy, macroF1, calibrationError, same].map(percent);
  return `| ${[to, kilobytes(bytes), ...shares, Math.round(textsPerSecond).toLocaleString('en'), done].join(' | ')} |`;
}

/** The step without the names of the lanes. */
function briefly(step: string): string {
  return step.replace(/ \([^)]*\)/, '');
}

async function alone(model: EnsembleModel, rows: readonly Row[]): Promise<string[]> {
  const texts = await tokenize(model, rows);
  const parts = partsOf(model);
  const known = new Map<string, Variant>();
  let assessor: Assessor | undefined;
  const lines = ['| | kB of weights | accuracy, % | log loss |', '|---|---|---|---|'];
  for (const [what, settings] of ALONE) {
    const variants: Variant[] = [];
    for (const part of parts) {
      const setting: Setting = { precision: '8-bit', share: 1, ...settings[part.kind] };
      const key = JSON.stringify([part.name, setting]);
      const variant = known.get(key) ?? (await variantOf(part, setting, texts));
      known.set(key, variant);
      variants.push(variant);
    }
    assessor ??= new Assessor(model, rows, variants);
    const candidate = assessor.assess(variants);
    if (candidate === undefined) throw new Error('a label that no lane knows');
    const { bytes, accuracy, logLoss } = candidate;
    lines.push(`| ${what} | ${kilobytes(bytes)} | ${percent(accuracy)} | ${logLoss.toFixed(4)} |`);
  }
  return lines;
}

async function madeWith(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  return `Measured with rx-lockstep ${version}, Node ${process.version} on ${process.platform}-${process.arch} (${cpus()[0]?.model ?? 'unknown'}), one thread.`;
}

async function write(tables: string): Promise<void> {
  const page = await readFile(PAGE, 'utf8');
  const [begin, end] = MARKERS.map((marker) => page.indexOf(marker));
  if (begin === undefined || end === undefined || begin < 0 || end < begin)
    throw new Error(`expected ${MARKERS.join(' and ')} in docs/compression.md`);
  await writeFile(PAGE, `${page.slice(0, begin + MARKERS[0].length)}\n${tables}\n${page.slice(end)}`);
}

function kilobytes(bytes: number): string {
  return Math.round(bytes / 1000).toLocaleString('en');
}

function percent(share: number): string {
  return (share * 100).toFixed(2);
}
