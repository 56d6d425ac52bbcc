/**
 * Trains the ensembles that come with the package, measures them as saved, and writes them to `models/`.
 *
 *     npm run train:models                 # all
 *     npm run train:models -- zh-topics    # one
 *     npm run train:models -- --store      # none: those that are there are measured and stored anew, for another precision
 *
 * After a kill the same command goes on where it was. The data is read from the folder in `LOCKSTEP_DATA` (default: `../shared/data`).
 * Everything is fitted and chosen by rows of the training files; this script reads the dev files once, for the figures in the card.
 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { shortenHashes } from '../src/compress/shorten-hashes.ts';
import {
  type CardNotes,
  type EnsembleModel,
  type Evaluation,
  evaluate,
  loadEnsemble,
  type Row,
  readEnsemble,
  readRows,
  saveEnsemble,
  type TrainingProgress,
  type TrainOptions,
  train,
} from '../src/ensemble/index.ts';

interface Recipe {
  readonly folder: string;
  /** Rows of the same kind as those that the ensemble is measured by: a part is held back. */
  readonly files: readonly string[];
  /** Rows of a slightly different kind: only learned from. */
  readonly extra: readonly string[];
  readonly options: Pick<TrainOptions, 'displayNames' | 'preset'> & { readonly labels: readonly string[] };
  readonly card: Omit<CardNotes, 'evaluation'>;
}

const data = pathToFileURL(`${process.env.LOCKSTEP_DATA ?? '../shared/data'}/`);
const models = new URL('../models/', import.meta.url);
const VECTORS = { zh: 'vectors_zh_char200', en: 'vectors_en_glove100' } as const;
/** In bytes, of all files of an ensemble. */
const LARGEST = 4_000_000;
/** Half the room of 8 bits throughout, at the same accuracy: see docs/compression.md. */
const PRECISION = { networks: '4-bit', ngrams: '8-bit' } as const;
const HASH_BITS = 24;
/** A weight below this changes no verdict. */
const SILENT = 0.001;

const RECIPES: Readonly<Record<string, Recipe>> = {
  'zh-topics': {
    folder: 'tnews15',
    files: ['train.tsv.gz'],
    extra: ['train_extra_toutiao.tsv'],
    options: {
      preset: 'zh',
      labels: ['tech', 'finance', 'culture'],
      displayNames: { tech: '科技', finance: '经济', culture: '文化' },
    },
    card: {
      description:
        'Tells Chinese headlines about technology, the economy and culture apart. A small model to show the library with; headlines about anything else get one of the three labels too.',
      data: 'Headlines of Toutiao, from TNEWS of the CLUE benchmark (classes tech, finance, culture) and from the Toutiao set that TNEWS was drawn from. The labels are noisy: the same headline can be there with different ones; BERT-base reaches 56.6 % on all 15 classes of TNEWS. The embedding began with vectors of 4,762 characters, trimmed from those of Tencent.',
      licence:
        'The weights are under the licence of the package, Apache-2.0, as far as it is for this project to give. The headlines that they were learned from belong to their publishers, and the repositories that hold them state no licence; none are in this folder. Take it for a model for research.',
    },
  },
  'zh-news10': {
    folder: 'thucnews10',
    files: ['train.tsv.gz'],
    extra: [],
    options: {
      preset: 'zh',
      labels: [
        'finance',
        'realty',
        'stocks',
        'education',
        'science',
        'society',
        'politics',
        'sports',
        'game',
        'entertainment',
      ],
      displayNames: {
        finance: '财经',
        realty: '房产',
        stocks: '股票',
        education: '教育',
        science: '科技',
        society: '社会',
        politics: '时政',
        sports: '体育',
        game: '游戏',
        entertainment: '娱乐',
      },
    },
    card: {
      description:
        'Sorts Chinese news headlines into ten sections: finance, real estate, stocks, education, science and technology, society, politics, sports, games, entertainment. Headlines of 2005 to 2011, so names and topics of later years are unknown to it.',
      data: 'A quarter of the titles of THUCNews that 649453932/Chinese-Text-Classification-Pytorch uses for training (44,872 rows). The embedding began with vectors of 4,762 characters, trimmed from those of Tencent.',
      licence:
        'The weights are under the licence of the package, Apache-2.0, as far as it is for this project to give. THUCNews, from which they were learned, is for research; no headline is in this folder. Take it for a model for research.',
    },
  },
  'en-news': {
    folder: 'agnews4',
    files: ['train.tsv.gz'],
    extra: ['train_extra_tokenised.tsv.gz'],
    options: {
      preset: 'en',
      labels: ['World', 'Sports', 'Business', 'Sci_Tech'],
      displayNames: { Sci_Tech: 'Science & Technology' },
    },
    card: {
      description:
        'Tells English news (a title, perhaps with its first sentences) apart by section: world, sports, business, science and technology. News of 2004, so names and topics of later years are unknown to it.',
      data: 'A third of the training part of AG News (39,562 rows, of which a quarter only in lower case and without most of its punctuation). The embedding began with GloVe vectors (6B, 100 dimensions; Public Domain Dedication and License 1.0).',
      licence:
        "The weights are under the licence of the package, Apache-2.0, as far as it is for this project to give. AG's corpus of news articles, from which they were learned, may be used for research and other non-commercial activity; no article is in this folder.",
    },
  },
};

const { values, positionals: asked } = parseArgs({ allowPositionals: true, options: { store: { type: 'boolean' } } });
for (const name of asked.length > 0 ? asked : Object.keys(RECIPES)) {
  const recipe = RECIPES[name];
  if (recipe === undefined) throw new Error(`no recipe for ${name}; there are ${Object.keys(RECIPES).join(', ')}`);
  await make(name, recipe);
}

async function make(name: string, recipe: Recipe): Promise<void> {
  const { folder, options, card } = recipe;
  const { labels } = options;
  const checkpoint = join(tmpdir(), `train-models-${name}`);
  const trained = values.store ? await readEnsemble(new URL(name, models)) : await trainOn(name, recipe, checkpoint);
  const model = { ...trained, ngrams: shortenHashes(trained.ngrams, HASH_BITS) };

  const dev = await rowsOf(folder, ['dev.tsv'], labels);
  const scratch = await mkdtemp(join(tmpdir(), 'train-models-'));
  try {
    const trial = join(scratch, name);
    await saveEnsemble(model, trial, { precision: PRECISION });
    const result = await measure(trial, dev);
    const target = new URL(name, models);
    await saveEnsemble(model, target, {
      precision: PRECISION,
      card: {
        ...card,
        evaluation: { on: `the dev part of ${folder}`, result },
        notes: notesOn(result, model.vote.weights),
      },
    });
    await rm(checkpoint, { recursive: true, force: true });
    const bytes = await sizeOf(target);
    console.log(`${name}: dev accuracy ${percent(result.accuracy)}, ${bytes} bytes, ${model.training.seconds} s`);
    for (const [lane, { question, accuracy, ensemble }] of Object.entries(result.lanes))
      console.log(`  ${lane} (${question}): ${percent(accuracy)}, the ensemble ${percent(ensemble.accuracy)}`);
    if (bytes > LARGEST) throw new Error(`${name} has ${bytes} bytes, more than ${LARGEST}`);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function trainOn(
  name: string,
  { folder, files, extra, options }: Recipe,
  checkpoint: string,
): Promise<EnsembleModel> {
  const { labels, preset = 'en' } = options;
  return train(await rowsOf(folder, files, labels), {
    ...options,
    name,
    checkpoint,
    extra: await rowsOf(folder, extra, labels),
    vectors: new URL(VECTORS[preset], data),
    onProgress: show,
  });
}

async function rowsOf(folder: string, files: readonly string[], labels: readonly string[]): Promise<Row[]> {
  const parts = await Promise.all(files.map((file) => readRows(new URL(`${folder}/${file}`, data), { labels })));
  return parts.flatMap(({ rows }) => rows);
}

async function measure(folder: string, rows: readonly Row[]): Promise<Evaluation> {
  const ensemble = await loadEnsemble(folder);
  try {
    return await evaluate(ensemble, rows);
  } finally {
    await ensemble.close();
  }
}

/** Says of each lane whether the ensemble beats it, and whether the vote hears it. */
function notesOn({ lanes }: Evaluation, weights: Readonly<Record<string, number>>): string {
  const unbeaten = Object.entries(lanes).filter(([, lane]) => lane.ensemble.accuracy <= lane.accuracy);
  const unheard = Object.entries(weights).filter(([, weight]) => weight < SILENT);
  return [
    ...(unbeaten.length === 0 ? ['The ensemble beats each of its lanes at the lane’s own question.'] : []),
    ...unbeaten.map(([name]) => `The ensemble does not beat its lane \`${name}\` at the lane’s own question.`),
    ...unheard.map(
      ([name]) =>
        `The vote gives the lane \`${name}\` no weight: on the rows held back it adds nothing to what the others say.`,
    ),
  ].join('\n');
}

async function sizeOf(folder: URL): Promise<number> {
  const files = await readdir(folder);
  const sizes = await Promise.all(files.map((file) => stat(new URL(`${folder.href}/${file}`))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}

function show(progress: TrainingProgress): void {
  if (progress.stage === 'n-grams') {
    if (progress.done === 1) console.log('  n-grams done');
    return;
  }
  const { run, runs, epoch, epochs, step, steps, loss, accuracy, secondsLeft } = progress;
  if (accuracy === undefined && step < steps) return;
  const right = accuracy === undefined ? '' : `, held back ${percent(accuracy)}`;
  console.log(
    `  part ${run}/${runs}, epoch ${epoch}/${epochs}, loss ${loss.toFixed(4)}${right}, ${Math.ceil(secondsLeft)} s left`,
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
