import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { invalidArgument, LockstepError } from '../errors.ts';
import { tokenizerFrom } from '../language/tokenizers.ts';
import { Vocabulary } from '../language/vocabulary.ts';
import type { BackendPreference } from '../subtasks/backend.ts';
import { ModelThread } from '../subtasks/model-thread.ts';
import { subtasksOf } from '../subtasks/subtasks-of.ts';
import { parseBoosted } from './boosted-field.ts';
import { BOOSTED, type FileFacts, MANIFEST, parseManifest, parseVocabulary, VOCABULARY, WEIGHTS } from './manifest.ts';
import { type EnsembleModel, lanesOfModel } from './model.ts';
import { unpackNgrams } from './ngrams/store-ngrams.ts';
import { unpackWeights } from './quantize.ts';
import { decodeSafetensors } from './safetensors.ts';
import { factsOf } from './save.ts';
import type { Ensemble } from './types.ts';

/** Options of {@link loadEnsemble}. */
export interface LoadOptions {
  /** @default the environment variable `LOCKSTEP_BACKEND`, else `'auto'` */
  readonly backend?: BackendPreference | undefined;
  /** Whether the models run in a thread of their own, so that the event loop stays free. @default true */
  readonly thread?: boolean | undefined;
}

/**
 * Loads an ensemble from its folder and starts its models. The tensor library is imported now, not before.
 *
 * @example
 * ```ts
 * const news = await loadEnsemble(shippedModel('en-news'));
 * headlines$.pipe(classify(news)).subscribe(({ text, verdict }) => console.log(verdict.label, text));
 * ```
 * @throws LockstepError `INVALID_ENSEMBLE`, naming the file, if one is missing, damaged or of another version.
 * @throws LockstepError `BACKEND_UNAVAILABLE` if the tensor library does not load.
 */
export async function loadEnsemble(
  folder: string | URL,
  { backend, thread = true }: LoadOptions = {},
): Promise<Ensemble> {
  const path = pathOf(folder);
  const { vote, tokenizer: tokenizerConfig, network, ngrams, weights, ...model } = await readEnsemble(path);
  const tokenizer = await reading(path, MANIFEST, () => tokenizerFrom(tokenizerConfig));
  const models = await reading(path, WEIGHTS, () =>
    ModelThread.start({ config: network, weights, ngrams, prefer: backend, thread }),
  );
  return {
    name: model.name,
    labels: model.labels,
    displayNames: model.displayNames,
    vocabulary: model.vocabulary,
    tokenizer,
    tokenizerConfig,
    subtasks: subtasksOf(lanesOfModel({ ngrams, network }), models),
    weights: vote.weights,
    bias: vote.bias,
    boosted: vote.boosted,
    backend: models.backend,
    close: () => models.close(),
  };
}

/**
 * Reads an ensemble from its folder, as data, without a tensor library.
 *
 * @throws LockstepError `INVALID_ENSEMBLE`, naming the file, if one is missing, damaged or of another version.
 */
export async function readEnsemble(folder: string | URL): Promise<EnsembleModel> {
  const path = pathOf(folder);
  const read = (name: string) =>
    readFile(join(path, name)).catch((cause) => {
      throw new LockstepError('INVALID_ENSEMBLE', `Cannot read ${join(path, name)}: ${String(cause)}`, { cause });
    });
  const manifestBytes = await read(MANIFEST);
  const {
    files,
    formatVersion: _,
    ...model
  } = await reading(path, MANIFEST, () => parseManifest(manifestBytes.toString('utf8')));
  const [vocabularyBytes, weightBytes] = await Promise.all([read(VOCABULARY), read(WEIGHTS)]);
  const vocabulary = await reading(path, VOCABULARY, () => {
    checkFile(vocabularyBytes, files[VOCABULARY]);
    return new Vocabulary(parseVocabulary(vocabularyBytes.toString('utf8')));
  });
  if (vocabulary.size !== model.network.vocabularySize)
    throw damaged(
      path,
      VOCABULARY,
      `expected ${model.network.vocabularySize - 2} tokens, got ${vocabulary.tokens.length}`,
    );
  const stored = await reading(path, WEIGHTS, () => {
    checkFile(weightBytes, files[WEIGHTS]);
    const { lanes, rest } = unpackNgrams(model.ngrams, decodeSafetensors(weightBytes));
    return { ngrams: lanes, weights: unpackWeights(rest) };
  });
  const factsOfBoosted = files[BOOSTED];
  if (factsOfBoosted === undefined) return { ...model, vocabulary, ...stored };
  const boostedBytes = await read(BOOSTED);
  const boosted = await reading(path, BOOSTED, () => {
    checkFile(boostedBytes, factsOfBoosted);
    return parseBoosted(boostedBytes.toString('utf8'), model.labels, [...model.ngrams, ...model.network.lanes]);
  });
  return { ...model, vocabulary, ...stored, vote: { ...model.vote, boosted } };
}

function pathOf(folder: string | URL): string {
  if (folder instanceof URL && folder.protocol === 'file:') return fileURLToPath(folder);
  if (typeof folder === 'string' && folder !== '') return folder;
  throw invalidArgument('folder', 'a path or a file: URL', folder instanceof URL ? folder.href : folder);
}

function checkFile(content: Uint8Array, expected: FileFacts): void {
  const { bytes, sha256 } = factsOf(content);
  if (bytes !== expected.bytes)
    throw new LockstepError('INVALID_ENSEMBLE', `expected ${expected.bytes} bytes, got ${bytes}`);
  if (sha256 !== expected.sha256)
    throw new LockstepError('INVALID_ENSEMBLE', `expected the SHA-256 ${expected.sha256}, got ${sha256}`);
}

/** Does something with a file's content; errors that blame the content then name the file. */
async function reading<T>(path: string, file: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LockstepError && (error.code === 'INVALID_ENSEMBLE' || file === MANIFEST))
      throw damaged(path, file, error.message, error);
    throw error;
  }
}

function damaged(path: string, file: string, why: string, cause?: unknown): LockstepError {
  return new LockstepError('INVALID_ENSEMBLE', `${join(path, file)} cannot be used: ${why}`, { cause });
}
