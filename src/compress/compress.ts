import { type EnsembleModel, lanesOfModel } from '../ensemble/model.ts';
import type { CardNotes } from '../ensemble/model-card.ts';
import type { Precision, Precisions } from '../ensemble/quantize.ts';
import type { Row } from '../ensemble/rows.ts';
import { filesOf } from '../ensemble/save.ts';
import { checkCount, describe, LockstepError } from '../errors.ts';
import type { BackendPreference } from '../subtasks/backend.ts';
import { joinParts, type Part, partsOf } from './parts.ts';
import { type Frequency, frequencyIn } from './prune-ngrams.ts';
import { type Candidate, search } from './search.ts';
import { leftOut, tokenize, type Variant, variantOf } from './variants.ts';

/** Options of {@link explore}. */
export interface ExploreOptions {
  /** Texts such as the ensemble was trained on: n-grams that are frequent there stay longer. @default none: large weights stay */
  readonly texts?: readonly string[] | undefined;
  /** Is told how much is done, 0 to 1. */
  readonly onProgress?: ((done: number) => void) | undefined;
  /** @default the environment variable `LOCKSTEP_BACKEND`, else `'auto'` */
  readonly backend?: BackendPreference | undefined;
}

/** Options of {@link compress}. */
export interface CompressOptions extends ExploreOptions, ChooseOptions {
  /**
   * Labelled rows to choose by. Not those by which the result will be judged, or it looks better than it is: of many candidates the best
   * on some rows is so in part by chance.
   */
  readonly rows: readonly Row[];
}

/** Options of {@link choose}. */
export interface ChooseOptions {
  /** At most so many bytes, of all files of the ensemble together. */
  readonly to: number;
  /** What the model card will say if these steps are taken, as it takes room too. @default nothing */
  readonly card?: ((steps: readonly string[]) => CardNotes) | undefined;
}

/** The ways to make an ensemble smaller: none has another beside it that is both smaller and better. */
export interface Exploration {
  readonly model: EnsembleModel;
  /** The smallest first. */
  readonly frontier: readonly Candidate[];
}

/** An ensemble made smaller. */
export interface CompressedEnsemble {
  readonly model: EnsembleModel;
  /** As which it is to be saved. */
  readonly precision: Precisions;
  /** Of all files together. */
  readonly bytes: number;
  /** What was done to each part, and to the vote, in words. */
  readonly steps: readonly string[];
  /** On the rows by which it was chosen: an optimistic figure. */
  readonly accuracy: number;
  /** On the rows by which it was chosen, in nats: an optimistic figure. */
  readonly logLoss: number;
}

/**
 * Makes an ensemble smaller, at the least cost. Tried are weights of 8, 4, 3 and 2 bits, shorter hashes, vocabularies and tables of n-grams
 * without the rare and the light, and leaving lanes out, for each part with all that is promising for the others. The vote is given the
 * temperature at which it is as sure as before. Chosen is what fits and has the least log loss on `rows`: that tells candidates apart which
 * give the same labels.
 *
 * @example
 * ```ts
 * const { rows } = await readRows('dev.tsv');
 * const { model, precision } = await compress(await readEnsemble('my-model'), { to: 1_000_000, rows });
 * await saveEnsemble(model, 'my-small-model', { precision });
 * ```
 * @throws LockstepError `INVALID_ARGUMENT` if `to` is less than what can be reached; the message says what can.
 * @throws LockstepError `INVALID_DATA` if there are no rows, or one has a label that the ensemble does not know.
 */
export async function compress(
  model: EnsembleModel,
  { to, card, rows, ...options }: CompressOptions,
): Promise<CompressedEnsemble> {
  checkCount('to', to);
  return choose(await explore(model, rows, options), { to, card });
}

/**
 * Looks for all ways to make an ensemble smaller that are worth their bytes; see {@link compress}.
 *
 * @throws LockstepError `INVALID_DATA` if there are no rows, or one has a label that the ensemble does not know.
 */
export async function explore(
  model: EnsembleModel,
  rows: readonly Row[],
  { texts = [], onProgress, backend }: ExploreOptions = {},
): Promise<Exploration> {
  checkRows(model, rows);
  const tokenized = await tokenize(model, rows);
  const parts = partsOf(model);
  const all = parts.reduce((sum, { settings }) => sum + settings.length, 0);
  const canLeaveOut = parts.length > 1 && model.vote.boosted === undefined; // trees are stored for all lanes
  const variants: Variant[][] = [];
  let done = 0;
  for (const part of parts) {
    const own: Variant[] = [];
    const frequency = frequencyFor(part, texts);
    for (const setting of part.settings) {
      own.push(await variantOf(part, setting, tokenized, { frequency, backend }));
      done += 1;
      onProgress?.(done / all);
    }
    variants.push(canLeaveOut ? [...own, leftOut(part)] : own);
  }
  return { model, frontier: search(model, rows, variants) };
}

/**
 * The best way to make an ensemble smaller that fits.
 *
 * @throws LockstepError `INVALID_ARGUMENT` if none does.
 */
export function choose({ model, frontier }: Exploration, { to, card = () => ({}) }: ChooseOptions): CompressedEnsemble {
  checkCount('to', to);
  let smallest = Number.POSITIVE_INFINITY;
  for (const candidate of frontier.toReversed()) {
    if (candidate.bytes > to && candidate !== frontier[0]) continue;
    const compressed = compressedOf(model, candidate, card);
    if (compressed.bytes <= to) return compressed;
    smallest = compressed.bytes;
  }
  throw new LockstepError(
    'INVALID_ARGUMENT',
    `Expected \`to\` to be at least ${smallest} bytes, the least that "${model.name}" can be made of, got ${to}`,
  );
}

function compressedOf(
  model: EnsembleModel,
  candidate: Candidate,
  card: (steps: readonly string[]) => CardNotes,
): CompressedEnsemble {
  const { variants, temperature, accuracy, logLoss } = candidate;
  const joined = joinParts(
    model,
    variants.map((variant) => variant.model),
    temperature,
  );
  const precision = precisionsFor(variants);
  const vote = `vote: evidence divided by ${temperature}, so that it is as sure as before`;
  const steps = [...variants.map(stepOf), ...(temperature === 1 ? [] : [vote])];
  const files = filesOf(joined, { precision, card: card(steps) });
  const bytes = [...files.values()].reduce((sum, content) => sum + Buffer.byteLength(content), 0);
  return { model: joined, precision, bytes, steps, accuracy, logLoss };
}

function precisionsFor(variants: readonly Variant[]): Precisions {
  const ngrams = new Map<string, Precision>();
  let networks: Precision = '8-bit';
  for (const { part, setting, model } of variants) {
    if (setting === undefined) continue;
    if (part.kind === 'networks') networks = setting.precision;
    else for (const { config } of model.ngrams) ngrams.set(config.name, setting.precision);
  }
  return { networks, ngrams };
}

function stepOf({ part, setting, model }: Variant): string {
  const lanes = lanesOfModel(part.model)
    .map(({ name }) => name)
    .join(', ');
  const at = `${part.name} (${lanes})`;
  if (setting === undefined) return `${at}: left out`;
  const { precision, share } = setting;
  const hashBits = model.ngrams[0]?.config.features.hashBits;
  const kept = `${Math.round(share * 100)} % of the ${part.kind === 'networks' ? 'vocabulary' : 'n-grams'} kept`;
  return [
    `${at}: weights in ${precision.replace('-bit', ' bits')}`,
    ...(hashBits === undefined ? [] : [`hashes of ${hashBits} bits`]),
    ...(share < 1 ? [kept] : []),
  ].join(', ');
}

function frequencyFor({ kind, model }: Part, texts: readonly string[]): Frequency | undefined {
  const features = model.ngrams[0]?.config.features;
  return kind === 'ngrams' && features !== undefined && texts.length > 0 ? frequencyIn(texts, features) : undefined;
}

function checkRows({ name, labels }: EnsembleModel, rows: readonly Row[]): void {
  if (rows.length === 0) throw new LockstepError('INVALID_DATA', 'Expected labelled rows to choose by, got none');
  const unknown = rows.find(({ label }) => !labels.includes(label));
  if (unknown !== undefined)
    throw new LockstepError(
      'INVALID_DATA',
      `Expected labels of "${name}", ${labels.join(', ')}; got ${describe(unknown.label)}`,
    );
}
