import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { invalidArgument } from '../errors.ts';
import { boostedJson } from './boosted-field.ts';
import {
  BOOSTED,
  CARD,
  type FileFacts,
  FORMAT_VERSION,
  MANIFEST,
  type Manifest,
  VOCABULARY,
  WEIGHTS,
} from './manifest.ts';
import type { EnsembleModel } from './model.ts';
import { type CardNotes, modelCard } from './model-card.ts';
import { packNgrams } from './ngrams/store-ngrams.ts';
import { type Precision, type Precisions, packWeights, precisionsOf } from './quantize.ts';
import { encodeSafetensors } from './safetensors.ts';

/** Options of {@link saveEnsemble}. */
export interface SaveOptions {
  /** How weights are rounded: 4 bits a value take an eighth of the room and cost next to no accuracy. @default '8-bit' */
  readonly precision?: Precision | Precisions | undefined;
  /** What the model card says beside what the ensemble itself knows. @default nothing */
  readonly card?: CardNotes | undefined;
}

/**
 * Saves an ensemble in a folder: `ensemble.json`, `vocabulary.json`, `weights.safetensors`, if boosted trees vote `vote.json`, and a
 * model card, `README.md`.
 * The folder appears whole or not at all; an ensemble that is there already is replaced.
 *
 * @example
 * ```ts
 * const { rows } = await readRows('tickets.tsv');
 * const trained = await train(rows);
 * await saveEnsemble(trained, 'my-model', { card: { data: 'Tickets of 2025.', licence: 'For us only.' } });
 * ```
 * @throws LockstepError `INVALID_ARGUMENT` if the folder holds other files than an ensemble.
 */
export async function saveEnsemble(
  model: EnsembleModel,
  folder: string | URL,
  { precision = '8-bit', card = {} }: SaveOptions = {},
): Promise<void> {
  await checkTarget(folder);
  const target = pathOf(folder);
  const files = filesOf(model, { precision, card });
  await mkdir(dirname(target), { recursive: true });
  const fresh = join(dirname(target), `.${basename(target)}.${randomUUID()}`);
  try {
    await mkdir(fresh);
    await Promise.all([...files].map(([name, content]) => writeFile(join(fresh, name), content)));
    await replace(target, fresh);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** What {@link saveEnsemble} writes, by the names of the files. */
export function filesOf(
  model: EnsembleModel,
  { precision = '8-bit', card = {} }: SaveOptions = {},
): Map<string, string | Uint8Array> {
  const vocabulary = `${JSON.stringify(model.vocabulary.tokens)}\n`;
  const tensors = new Map([
    ...packNgrams(model.ngrams, precision),
    ...packWeights(model.weights, precisionsOf(precision).networks),
  ]);
  const weights = encodeSafetensors(tensors, { format: 'rx-lockstep' });
  const { boosted, ...vote } = model.vote;
  const trees = boosted === undefined ? [] : ([[BOOSTED, boostedJson(boosted)]] as const);
  const manifest: Manifest = {
    formatVersion: FORMAT_VERSION,
    name: model.name,
    labels: model.labels,
    displayNames: model.displayNames,
    tokenizer: model.tokenizer,
    ngrams: model.ngrams.map(({ config }) => config),
    network: model.network,
    vote,
    training: model.training,
    files: {
      [VOCABULARY]: factsOf(vocabulary),
      [WEIGHTS]: factsOf(weights),
      ...Object.fromEntries(trees.map(([name, content]) => [name, factsOf(content)])),
    },
  };
  return new Map<string, string | Uint8Array>([
    [MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`],
    [VOCABULARY, vocabulary],
    [WEIGHTS, weights],
    ...trees,
    [CARD, modelCard(model, precision, card)],
  ]);
}

/** The hash of a file's content and its length. */
export function factsOf(content: string | Uint8Array): FileFacts {
  return { bytes: Buffer.byteLength(content), sha256: createHash('sha256').update(content).digest('hex') };
}

/**
 * Checks that {@link saveEnsemble} could save in a folder: worth knowing before hours of training.
 *
 * @throws LockstepError `INVALID_ARGUMENT` if it holds other files than an ensemble, or is a file.
 */
export async function checkTarget(folder: string | URL): Promise<void> {
  const target = pathOf(folder);
  const present = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [] as string[];
    if (error.code === 'ENOTDIR') throw invalidArgument('folder', 'a folder', target);
    throw error;
  });
  if (present.length > 0 && !present.includes(MANIFEST))
    throw invalidArgument('folder', 'new, empty or an ensemble', target);
}

function pathOf(folder: string | URL): string {
  return resolve(folder instanceof URL ? fileURLToPath(folder) : folder);
}

/** Puts a folder in the place of another. Between the two renames there is none; a crash there leaves the old one beside. */
async function replace(target: string, fresh: string): Promise<void> {
  const old = `${fresh}.old`;
  const existed = await access(target).then(
    () => true,
    () => false,
  );
  if (existed) await rename(target, old);
  try {
    await rename(fresh, target);
  } catch (error) {
    if (existed) await rename(old, target);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}
