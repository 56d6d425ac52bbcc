import { LockstepError } from '../errors.ts';

/** An array of numbers with a shape, row-major, as a safetensors file holds it. */
export type StoredTensor =
  | { readonly dtype: 'F32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'I32'; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: 'I8'; readonly shape: readonly number[]; readonly data: Int8Array };

/** What a file holds, by name. */
export type StoredTensors = ReadonlyMap<string, StoredTensor>;

const BYTES: Readonly<Record<StoredTensor['dtype'], number>> = { F32: 4, I32: 4, I8: 1 };
/** Length of the header, little-endian, before the header itself. */
const PREFIX = 8;
const ALIGNMENT = 8;
const METADATA = '__metadata__';
/** Larger headers are refused before they are parsed, as the reference implementation does. */
const LARGEST_HEADER = 100_000_000;

/**
 * Writes tensors in the safetensors format: an 8-byte length, a JSON header, and the numbers, little-endian, one tensor
 * behind the other. Wider types come first, so that all are aligned.
 *
 * Source: https://github.com/huggingface/safetensors (README, "Format").
 */
export function encodeSafetensors(tensors: StoredTensors, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const entries = [...tensors].sort(([, a], [, b]) => BYTES[b.dtype] - BYTES[a.dtype]);
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { [METADATA]: metadata } : {};
  let offset = 0;
  for (const [name, { dtype, shape, data }] of entries) {
    if (name === METADATA) throw new LockstepError('INVALID_ARGUMENT', `A tensor cannot be called "${METADATA}"`);
    if (data.length !== sizeOf(shape))
      throw new LockstepError(
        'INVALID_ARGUMENT',
        `Expected the tensor "${name}" to have ${sizeOf(shape)} values, got ${data.length}`,
      );
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  const start = Math.ceil((PREFIX + json.length) / ALIGNMENT) * ALIGNMENT;
  const file = Buffer.alloc(start + offset, ' ');
  file.writeBigUInt64LE(BigInt(start - PREFIX));
  json.copy(file, PREFIX);
  let at = start;
  for (const [, { data }] of entries) {
    writeNumbers(file, at, data);
    at += data.byteLength;
  }
  return file;
}

/**
 * Reads a safetensors file; knows the types `F32`, `I32` and `I8`.
 *
 * @throws LockstepError `INVALID_ENSEMBLE` if the bytes are not such a file, whole and without gaps.
 */
export function decodeSafetensors(bytes: Uint8Array): Map<string, StoredTensor> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < PREFIX) throw broken(`it has ${file.length} bytes`);
  const headerLength = file.readBigUInt64LE();
  if (headerLength > LARGEST_HEADER || PREFIX + Number(headerLength) > file.length)
    throw broken(`its header would have ${headerLength} bytes, the file has ${file.length}`);
  const start = PREFIX + Number(headerLength);
  const entries = Object.entries(parseHeader(file.toString('utf8', PREFIX, start)))
    .filter(([name]) => name !== METADATA)
    .map(([name, entry]) => checkEntry(name, entry))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let expected = 0;
  const tensors = new Map<string, StoredTensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    if (begin !== expected) throw broken(`the tensor "${name}" begins at ${begin}, not at ${expected}`);
    if (start + end > file.length) throw broken(`the tensor "${name}" ends beyond the file`);
    tensors.set(name, readTensor(file, start + begin, dtype, shape));
    expected = end;
  }
  if (start + expected !== file.length)
    throw broken(`it has ${file.length - start} bytes of numbers, the header speaks of ${expected}`);
  return tensors;
}

interface Entry {
  readonly name: string;
  readonly dtype: StoredTensor['dtype'];
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function parseHeader(json: string): object {
  let header: unknown;
  try {
    header = JSON.parse(json);
  } catch (cause) {
    throw broken('its header is not JSON', cause);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw broken('its header is no object');
  return header;
}

function checkEntry(name: string, entry: unknown): Entry {
  const { dtype, shape, data_offsets: offsets } = Object(entry) as Record<string, unknown>;
  if (dtype !== 'F32' && dtype !== 'I32' && dtype !== 'I8')
    throw broken(`the tensor "${name}" is of the type ${String(dtype)}, not F32, I32 or I8`);
  if (!isCounts(shape)) throw broken(`the tensor "${name}" has no shape`);
  if (!isCounts(offsets) || offsets.length !== 2) throw broken(`the tensor "${name}" has no offsets`);
  const [begin = 0, end = 0] = offsets;
  if (end - begin !== sizeOf(shape) * BYTES[dtype])
    throw broken(`the tensor "${name}" of ${shape.join(' × ')} ${dtype} cannot have ${end - begin} bytes`);
  return { name, dtype, shape, begin, end };
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function writeNumbers(file: Buffer, at: number, data: StoredTensor['data']): void {
  if (data instanceof Int8Array) file.set(new Uint8Array(data.buffer, data.byteOffset, data.length), at);
  else if (data instanceof Int32Array) for (const [i, value] of data.entries()) file.writeInt32LE(value, at + i * 4);
  else for (const [i, value] of data.entries()) file.writeFloatLE(value, at + i * 4);
}

function readTensor(file: Buffer, at: number, dtype: StoredTensor['dtype'], shape: readonly number[]): StoredTensor {
  const size = sizeOf(shape);
  if (dtype === 'I8') return { dtype, shape, data: Int8Array.from({ length: size }, (_, i) => file.readInt8(at + i)) };
  if (dtype === 'I32')
    return { dtype, shape, data: Int32Array.from({ length: size }, (_, i) => file.readInt32LE(at + i * 4)) };
  return { dtype, shape, data: Float32Array.from({ length: size }, (_, i) => file.readFloatLE(at + i * 4)) };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function broken(why: string, cause?: unknown): LockstepError {
  return new LockstepError('INVALID_ENSEMBLE', `Expected a safetensors file, but ${why}`, { cause });
}
