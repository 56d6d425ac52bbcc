/**
 * Trains the ensembles that come with the package, measures them as saved, and writes them to `models/`.
 *
 *     npm run train:models                 # both
 *     npm run train:models -- zh-topics    # one
 *
 * The data is read from the folder in `LOCKSTEP_DATA` (default: `../shared/data`). Everything is fitted and chosen by rows of
 * the training files; this script reads the dev files once, for the figures in the card.
 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type CardNotes,
  type Evaluation,
  evaluate,
  loadEnsemble,
  type Row,
  readRows,
  saveEnsemble,
  stratifiedSplit,
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
  readonly options: TrainOptions & { readonly labels: readonly string[] };
  readonly card: Omit<CardNotes, 'evaluation'>;
}

const data = pathToFileURL(`${process.env.LOCKSTEP_DATA ?? '../shared/data'}/`);
const models = new URL('../models/', import.meta.url);
const HELD_BACK = 0.12;
/** In bytes, of all files of an ensemble. */
const LARGEST = 2_000_000;
/** A weight below this changes no verdict. */
const SILENT = 0.001;

const EN = ['World', 'Sports', 'Business', 'Sci_Tech'];

const RECIPES: Readonly<Record<string, Recipe>> = {
  'zh-topics': {
    folder: 'tnews15',
    files: ['train.tsv.gz'],
    extra: ['train_extra_toutiao.tsv'],
    options: {
      labels: ['tech', 'finance', 'culture'],
      displayNames: { tech: '科技', finance: '经济', culture: '文化' },
      tokenizer: { kind: 'characters', lowercase: true },
      vocabulary: { minCount: 2 },
      embedding: { dimensions: 96, dropout: 0.3 },
      maxLength: 40,
      lanes: [
        { kind: 'cnn', name: 'tech', labels: ['tech'], widths: [1, 2, 3], filters: 96, dropout: 0.5 },
        { kind: 'rnn', name: 'finance', labels: ['finance'], cell: 'lstm', units: 64, dropout: 0.5 },
        { kind: 'fcn', name: 'culture', labels: ['culture'], hidden: [96], pooling: 'mean', dropout: 0.5 },
      ],
      epochs: 5,
      batchSize: 128,
      learningRate: 0.002,
    },
    card: {
      description:
        'Tells Chinese headlines about technology, the economy and culture apart: one lane a label, each a network of another kind, trained one against the rest. A small model to show the library with; headlines about anything else get one of the three labels too.',
      data: 'Headlines of Toutiao, from TNEWS of the CLUE benchmark (classes tech, finance, culture) and from the Toutiao set that TNEWS was drawn from. The labels are noisy: the same headline can be there with different ones; BERT-base reaches 56.6 % on all 15 classes of TNEWS.',
      licence:
        'The weights are under the licence of the package, Apache-2.0, as far as it is for this project to give. The headlines that they were learned from belong to their publishers, and the repositories that hold them state no licence; none are in this folder. Take it for a model for research.',
    },
  },
  'en-news': {
    folder: 'agnews4',
    files: ['train.tsv.gz'],
    extra: [],
    options: {
      labels: EN,
      displayNames: { Sci_Tech: 'Science & Technology' },
      tokenizer: { kind: 'words', lowercase: true },
      vocabulary: { size: 14_000, minCount: 2 },
      vectors: new URL('vectors_en_glove100', data),
      embedding: { dropout: 0.3 },
      maxLength: 80,
      lanes: [
        { kind: 'cnn', name: 'cnn', labels: EN, widths: [1, 2, 3], filters: 64, dropout: 0.5 },
        { kind: 'rnn', name: 'rnn', labels: EN, cell: 'gru', units: 48, bidirectional: true, dropout: 0.5 },
        { kind: 'fcn', name: 'fcn', labels: EN, hidden: [64], pooling: 'mean', dropout: 0.5 },
      ],
      epochs: 4,
      batchSize: 128,
      learningRate: 0.002,
    },
    card: {
      description:
        'Tells English news (a title, perhaps with its first sentences) apart by section: world, sports, business, science and technology. A CNN, a GRU that reads both ways and an FCN, each over all four labels. News of 2004, so names and topics of later years are unknown to it.',
      data: 'A quarter of the training part of AG News (29,221 rows). The embedding began with GloVe vectors (6B, 100 dimensions; Public Domain Dedication and License 1.0).',
      licence:
        "The weights are under the licence of the package, Apache-2.0, as far as it is for this project to give. AG's corpus of news articles, from which they were learned, may be used for research and other non-commercial activity; no article is in this folder.",
    },
  },
};

const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : Object.keys(RECIPES)) {
  const recipe = RECIPES[name];
  if (recipe === undefined) throw new Error(`no recipe for ${name}; there are ${Object.keys(RECIPES).join(', ')}`);
  await make(name, recipe);
}

async function make(name: string, { folder, files, extra, options, card }: Recipe): Promise<void> {
  const { seed = 1, labels } = options;
  const { training, heldBack } = stratifiedSplit(await rowsOf(folder, files, labels), HELD_BACK, seed);
  const rows = [...training, ...(await rowsOf(folder, extra, labels))];
  const model = await train(rows, { ...options, name, validation: heldBack, onProgress: show });

  const dev = await rowsOf(folder, ['dev.tsv'], labels);
  const scratch = await mkdtemp(join(tmpdir(), 'train-models-'));
  try {
    const trial = join(scratch, name);
    await saveEnsemble(model, trial);
    const result = await measure(trial, dev);
    const target = new URL(name, models);
    await saveEnsemble(model, target, {
      card: {
        ...card,
        evaluation: { on: `the dev part of ${folder}`, result },
        notes: notesOn(result, model.vote.weights),
      },
    });
    const bytes = await sizeOf(target);
    console.log(`${name}: dev accuracy ${percent(result.accuracy)}, ${bytes} bytes, ${model.training.seconds} s`);
    for (const [lane, { question, accuracy, ensemble }] of Object.entries(result.lanes))
      console.log(`  ${lane} (${question}): ${percent(accuracy)}, the ensemble ${percent(ensemble.accuracy)}`);
    if (bytes > LARGEST) throw new Error(`${name} has ${bytes} bytes, more than ${LARGEST}`);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
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

function show({ epoch, epochs, loss, accuracy, secondsLeft }: TrainingProgress): void {
  if (accuracy === undefined) return;
  const left = `at most ${Math.ceil(secondsLeft)} s left`;
  console.log(`  epoch ${epoch}/${epochs}, loss ${loss.toFixed(4)}, held back ${percent(accuracy)}, ${left}`);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
