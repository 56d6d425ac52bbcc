import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import { LockstepError } from '../errors.ts';
import type { Row } from './rows.ts';
import type { TrainOptions } from './train-options.ts';

/** Goes up whenever what is kept would mean something else. */
const FORMAT = 1;

/** Keeps what took long, so that training that was killed can go on where it was: one file a part. */
export class Checkpoint {
  readonly #folder: string | undefined;

  /** @param folder undefined to keep nothing */
  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /**
   * What was kept under a name or else, after a while, what `make` gives. That is kept if `isWhole` then; a file that cannot be read is as
   * good as none.
   *
   * @throws LockstepError `INVALID_ARGUMENT` if it cannot be kept.
   */
  async once<T>(
    name: string,
    make: () => Promise<T>,
    isWhole: () => boolean,
  ): Promise<{ readonly value: T; readonly isKept: boolean }> {
    if (this.#folder === undefined) return { value: await make(), isKept: false };
    const file = join(this.#folder, `${name}.v8`);
    const kept = await readFile(file).then(read<T>, () => undefined);
    if (kept !== undefined) return { value: kept, isKept: true };
    const value = await make();
    if (isWhole()) await this.#keep(file, value);
    return { value, isKept: false };
  }

  /** The file appears whole or not at all. */
  async #keep(file: string, value: unknown): Promise<void> {
    const fresh = `${file}.${randomUUID()}`;
    try {
      await mkdir(join(file, '..'), { recursive: true });
      await writeFile(fresh, serialize(value));
      await rename(fresh, file);
    } catch (cause) {
      throw new LockstepError('INVALID_ARGUMENT', `Cannot keep a checkpoint in ${file}: ${String(cause)}`, { cause });
    }
  }
}

function read<T>(bytes: Uint8Array): T | undefined {
  try {
    return deserialize(bytes);
  } catch {
    return undefined;
  }
}

/**
 * The checkpoint of a training: in a folder of its own for these rows and options, so that nothing is taken over from another.
 */
export function checkpointOf(rows: readonly Row[], options: TrainOptions): Checkpoint {
  const {
    checkpoint,
    extra = [],
    validation,
    signal: _,
    onProgress: __,
    name: ___,
    displayNames: ____,
    ...rest
  } = options;
  if (checkpoint === undefined) return new Checkpoint(undefined);
  const hash = createHash('sha256').update(JSON.stringify([FORMAT, rest]));
  const judged: readonly Row[] = typeof validation === 'object' ? validation : [];
  for (const part of [rows, extra, judged])
    for (const { label, text } of part) hash.update(JSON.stringify([label, text]));
  hash.update(
    JSON.stringify([rows.length, extra.length, judged.length, typeof validation === 'number' ? validation : null]),
  );
  const folder = checkpoint instanceof URL ? fileURLToPath(checkpoint) : checkpoint;
  return new Checkpoint(join(folder, hash.digest('hex').slice(0, 16)));
}
