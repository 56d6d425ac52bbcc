import type { Token } from '../document/document.ts';
import type { EnsembleModel } from '../ensemble/model.ts';
import { lanesOfModel } from '../ensemble/model.ts';
import { packNgrams, unpackNgrams } from '../ensemble/ngrams/store-ngrams.ts';
import { packWeights, unpackWeights } from '../ensemble/quantize.ts';
import { decodeSafetensors, encodeSafetensors } from '../ensemble/safetensors.ts';
import { encoded, scoreDocuments } from '../evaluate/score-texts.ts';
import { tokenizerFrom } from '../language/tokenizers.ts';
import type { BackendPreference } from '../subtasks/backend.ts';
import { ModelThread } from '../subtasks/model-thread.ts';
import type { Scores } from '../subtasks/subtask.ts';
import { subtasksOf } from '../subtasks/subtasks-of.ts';
import { applySetting, type Part, type Setting } from './parts.ts';
import type { Frequency } from './prune-ngrams.ts';

/** A part made smaller in some way, and what its lanes then say of some texts. */
export interface Variant {
  readonly part: Part;
  /** Undefined if all its lanes are left out. */
  readonly setting: Setting | undefined;
  /** Before rounding, as it is to be saved. */
  readonly model: EnsembleModel;
  /** Of its weights and its vocabulary as stored. */
  readonly bytes: number;
  /** `texts × labels` of each lane, by its name. */
  readonly answers: ReadonlyMap<string, Scores>;
}

/** Options of {@link variantOf}. */
interface VariantOptions {
  readonly frequency?: Frequency | undefined;
  readonly backend?: BackendPreference | undefined;
}

/** A text and its tokens. */
export interface TokenizedText {
  readonly text: string;
  readonly tokens: readonly Token[];
}

/** The texts of rows, cut into tokens as an ensemble wants them. */
export async function tokenize(
  { tokenizer }: Pick<EnsembleModel, 'tokenizer'>,
  rows: readonly { readonly text: string }[],
): Promise<TokenizedText[]> {
  const cut = await tokenizerFrom(tokenizer);
  return rows.map(({ text }) => ({ text, tokens: cut(text) }));
}

/** Makes a part smaller, stores it, reads it again as a reader would, and asks its lanes about texts. */
export async function variantOf(
  part: Part,
  setting: Setting,
  texts: readonly TokenizedText[],
  { frequency, backend }: VariantOptions = {},
): Promise<Variant> {
  const model = applySetting(part, setting, frequency);
  const { precision } = setting;
  const file = encodeSafetensors(
    new Map([...packNgrams(model.ngrams, precision), ...packWeights(model.weights, precision)]),
  );
  const configs = model.ngrams.map(({ config }) => config);
  const { lanes: ngrams, rest } = unpackNgrams(configs, decodeSafetensors(file));
  const answers = await answersOf({ ...model, ngrams, weights: unpackWeights(rest) }, texts, backend);
  const vocabulary = Buffer.byteLength(JSON.stringify(model.vocabulary.tokens));
  return { part, setting, model, bytes: file.length + vocabulary, answers };
}

/** A part whose lanes are all left out. */
export function leftOut(part: Part): Variant {
  const network = { ...part.model.network, lanes: [] };
  const model = { ...part.model, ngrams: [], network, weights: new Map() };
  return { part, setting: undefined, model, bytes: 0, answers: new Map() };
}

async function answersOf(
  model: EnsembleModel,
  texts: readonly TokenizedText[],
  prefer: BackendPreference | undefined,
): Promise<Map<string, Scores>> {
  const { network, weights, ngrams } = model;
  const lanes = lanesOfModel(model);
  const models = await ModelThread.start({ config: network, weights, ngrams, prefer, thread: false });
  try {
    const { answers } = await scoreDocuments(
      subtasksOf(lanes, models),
      texts.map(({ text, tokens }) => encoded(model, text, tokens)),
    );
    return new Map(lanes.flatMap(({ name }, lane) => [[name, answers[lane] ?? new Float32Array()]]));
  } finally {
    await models.close();
  }
}
