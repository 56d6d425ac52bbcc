import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { describe, invalidArgument, LockstepError } from '../errors.ts';

/** Something to read bytes from: the path or `file:` URL of a file, or a stream. */
export type ByteInput = string | URL | Readable;

/** Bytes at a time from a file and from gunzip. */
const CHUNK = 64 * 1024;

/** An input that is being read. */
export interface OpenBytes {
  /** What errors call it: the path, or `input` for a stream. */
  readonly name: string;
  /** Its bytes, unpacked if they are gzip (by their first two bytes). Errors are `INVALID_DATA`, with the cause. */
  readonly chunks: AsyncGenerator<Buffer, void>;
  /** Stops reading, at once, and destroys the stream. */
  close(): void;
}

/** @throws LockstepError `INVALID_ARGUMENT` if it is none. */
export function checkByteInput(input: ByteInput): void {
  if (typeof input === 'string' && input !== '') return;
  if (input instanceof URL && input.protocol === 'file:') return;
  if (input instanceof Readable) return;
  throw invalidArgument('input', 'a path, a file: URL or a Readable', input instanceof URL ? input.href : input);
}

/** What errors and identities call an input. */
export function nameOfInput(input: ByteInput): string {
  if (typeof input === 'string') return input;
  return input instanceof URL ? fileURLToPath(input) : 'input';
}

/** Opens a file, or takes over a stream. */
export function openBytes(input: ByteInput): OpenBytes {
  const name = nameOfInput(input);
  if (input instanceof Readable && (input.destroyed || input.readableEnded))
    throw readError(name, input.errored ?? new Error('the stream has been read already'));
  const readable = input instanceof Readable ? input : createReadStream(input, { highWaterMark: CHUNK });
  return {
    name,
    chunks: withReadErrors(name, unpacked(buffers(name, readable))),
    close: () => readable.destroy(),
  };
}

async function* withReadErrors(name: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  try {
    yield* chunks;
  } catch (error) {
    throw error instanceof LockstepError ? error : readError(name, error);
  }
}

function readError(name: string, cause: unknown): LockstepError {
  const why = cause instanceof Error ? cause.message : describe(cause);
  return new LockstepError('INVALID_DATA', `Cannot read ${name}: ${why}`, { cause });
}

async function* buffers(name: string, readable: Readable): AsyncGenerator<Buffer, void> {
  for await (const chunk of readable) {
    if (typeof chunk === 'string') yield Buffer.from(chunk);
    else if (chunk instanceof Uint8Array) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    else throw new LockstepError('INVALID_DATA', `Expected ${name} to give bytes or strings, got ${describe(chunk)}`);
  }
}

async function* unpacked(chunks: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer, void> {
  const head = await peek(chunks);
  if (head[0] === 0x1f && head[1] === 0x8b) {
    // An error on the way reaches whoever reads the end of the pipeline.
    yield* pipeline(Readable.from(chained(head, chunks)), createGunzip({ chunkSize: CHUNK }), () => {});
  } else {
    yield* chained(head, chunks);
  }
}

/** The first bytes: at least two of them, if there are so many. */
async function peek(chunks: AsyncGenerator<Buffer, void>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 2) {
    const { done, value } = await chunks.next();
    if (done) break;
    head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
  return head;
}

async function* chained(head: Buffer, rest: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer, void> {
  if (head.length > 0) yield head;
  yield* rest;
}
