import { LockstepError } from '../errors.ts';
import { fromFloat16, toFloat16 } from './codec/float16.ts';

/** An array of numbers with a shape, row-major, as a safetensors file holds it. Those of `F16` have 16 bits in the file only. */
export type StoredTensor =
  | { readonly dtype: 'F32' | 'F16'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'I32'; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: 'I8'; readonly shape: readonly number[]; readonly data: Int8Array }
  | { readonly dtype: 'U8'; readonly shape: readonly number[]; readonly data: Uint8Array };

/** What a file holds, by name. */
export type StoredTensors = ReadonlyMap<string, StoredTensor>;

const BYTES: Readonly<Record<StoredTensor['dtype'], number>> = { F32: 4, I32: 4, F16: 2, I8: 1, U8: 1 };
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
    const end = offset + data.length * BYTES[dtype];
    header[name] = { dtype, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  const start = Math.ceil((PREFIX + json.length) / ALIGNMENT) * ALIGNMENT;
  const file = Buffer.alloc(start + offset, ' ');
  file.writeBigUInt64LE(BigInt(start - PREFIX));
  json.copy(file, PREFIX);
  let at = start;
  for (const [, tensor] of entries) {
    writeNumbers(file, at, tensor);
    at += tensor.data.length * BYTES[tensor.dtype];
  }
  return file;
}

/**
 * Reads a safetensors file; knows the types `F32`, `F16`, `I32`, `I8` and `U8`.
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
  if (!isKnown(dtype))
    throw broken(`the tensor "${name}" is of the type ${String(dtype)}, none of ${Object.keys(BYTES).join(', ')}`);
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

function isKnown(dtype: unknown): dtype is StoredTensor['dtype'] {
  return typeof dtype === 'string' && Object.hasOwn(BYTES, dtype);
}

function writeNumbers(file: Buffer, at: number, { dtype, data }: StoredTensor): void {
  const view = new DataView(file.buffer, file.byteOffset + at, data.length * BYTES[dtype]);
  if (dtype === 'U8') file.set(data, at);
  else if (dtype === 'I8') for (let i = 0; i < data.length; i++) view.setInt8(i, data[i] ?? 0);
  else if (dtype === 'I32') for (let i = 0; i < data.length; i++) view.setInt32(i * 4, data[i] ?? 0, true);
  else if (dtype === 'F16') for (let i = 0; i < data.length; i++) view.setUint16(i * 2, toFloat16(data[i] ?? 0), true);
  else for (let i = 0; i < data.length; i++) view.setFloat32(i * 4, data[i] ?? 0, true);
}

function readTensor(file: Buffer, at: number, dtype: StoredTensor['dtype'], shape: readonly number[]): StoredTensor {
  const size = sizeOf(shape);
  const view = new DataView(file.buffer, file.byteOffset + at, size * BYTES[dtype]);
  const each = (read: (index: number) => number) => Float32Array.from({ length: size }, (_, i) => read(i));
  switch (dtype) {
    case 'U8':
      return { dtype, shape, data: Uint8Array.from(file.subarray(at, at + size)) };
    case 'I8':
      return { dtype, shape, data: Int8Array.from(file.subarray(at, at + size)) };
    case 'I32':
      return { dtype, shape, data: Int32Array.from({ length: size }, (_, i) => view.getInt32(i * 4, true)) };
    case 'F16':
      return { dtype, shape, data: each((i) => fromFloat16(view.getUint16(i * 2, true))) };
    case 'F32':
      return { dtype, shape, data: each((i) => view.getFloat32(i * 4, true)) };
  }
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function broken(why: string, cause?: unknown): LockstepError {
  return new LockstepError('INVALID_ENSEMBLE', `Expected a safetensors file, but ${why}`, { cause });
}
