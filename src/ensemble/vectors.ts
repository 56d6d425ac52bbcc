import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LockstepError } from '../errors.ts';
import { openBytes } from '../sources/bytes.ts';
import { LineSplitter } from '../sources/line-splitter.ts';

/** Pretrained vectors of tokens. */
export interface Vectors {
  readonly dimensions: number;
  readonly byToken: ReadonlyMap<string, Float32Array>;
}

const LONGEST_LINE = 2 ** 20;

/**
 * Reads pretrained vectors of the tokens that are wanted. Two formats are known: text as GloVe and word2vec write it
 * (a token and its numbers a line, with or without a line of counts before, plain or gzip), and a folder with
 * `words.json` (an array of tokens), `vectors.i8` (a row of signed bytes a token) and `scales.f32` (a little-endian
 * factor a row).
 *
 * @throws LockstepError `INVALID_DATA`, naming file and line, if it is neither.
 */
export async function readVectors(input: string | URL, wanted: { has(token: string): boolean }): Promise<Vectors> {
  const path = input instanceof URL ? fileURLToPath(input) : input;
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    (cause) => {
      throw new LockstepError('INVALID_DATA', `Cannot read ${path}: ${String(cause)}`, { cause });
    },
  );
  return isFolder ? readFolder(path, wanted) : readText(path, wanted);
}

async function readFolder(folder: string, wanted: { has(token: string): boolean }): Promise<Vectors> {
  const [words, bytes, scales] = await Promise.all([
    readPart(join(folder, 'words.json')),
    readPart(join(folder, 'vectors.i8')),
    readPart(join(folder, 'scales.f32')),
  ]);
  const tokens: unknown = parseJson(join(folder, 'words.json'), words.toString('utf8'));
  if (!Array.isArray(tokens) || tokens.length === 0)
    throw new LockstepError('INVALID_DATA', `Expected ${join(folder, 'words.json')} to hold an array of tokens`);
  const dimensions = bytes.length / tokens.length;
  if (!Number.isInteger(dimensions) || dimensions === 0 || scales.length !== tokens.length * 4)
    throw new LockstepError(
      'INVALID_DATA',
      `${folder}: ${tokens.length} tokens, ${bytes.length} bytes of vectors and ${scales.length} of scales do not fit together`,
    );
  const byToken = new Map<string, Float32Array>();
  for (const [row, token] of tokens.entries()) {
    if (typeof token !== 'string' || !wanted.has(token)) continue;
    const scale = scales.readFloatLE(row * 4);
    const vector = new Float32Array(dimensions);
    for (let i = 0; i < dimensions; i++) vector[i] = bytes.readInt8(row * dimensions + i) * scale;
    byToken.set(token, vector);
  }
  return { dimensions, byToken };
}

async function readPart(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new LockstepError('INVALID_DATA', `Cannot read ${path}: ${String(cause)}`, { cause });
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LockstepError('INVALID_DATA', `${path} is not JSON: ${String(cause)}`, { cause });
  }
}

async function readText(path: string, wanted: { has(token: string): boolean }): Promise<Vectors> {
  const bytes = openBytes(path);
  const splitter = new LineSplitter(LONGEST_LINE);
  const byToken = new Map<string, Float32Array>();
  let dimensions = 0;
  const add = (number: number, line: string, problem: string | undefined) => {
    const refuse = (why: string) => new LockstepError('INVALID_DATA', `Cannot use line ${number} of ${path}: ${why}`);
    if (problem !== undefined) throw refuse(problem);
    const [token = '', ...values] = line.trimEnd().split(' ');
    if (number === 1 && values.length === 1 && /^\d+ \d+$/.test(line.trimEnd())) return; // word2vec: counts
    dimensions ||= values.length;
    if (values.length === 0) throw refuse('expected a token and its numbers');
    if (values.length !== dimensions) throw refuse(`expected ${dimensions} numbers, got ${values.length}`);
    if (!wanted.has(token)) return;
    const vector = Float32Array.from(values, Number);
    if (!vector.every(Number.isFinite)) throw refuse('expected numbers after the token');
    if (!byToken.has(token)) byToken.set(token, vector);
  };
  try {
    for await (const chunk of bytes.chunks)
      for (const { number, text, problem } of splitter.push(chunk)) add(number, text, problem);
    for (const { number, text, problem } of splitter.end()) add(number, text, problem);
  } finally {
    bytes.close();
  }
  if (dimensions === 0) throw new LockstepError('INVALID_DATA', `Expected vectors in ${path}, got none`);
  return { dimensions, byToken };
}
