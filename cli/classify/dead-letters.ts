import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { DeadLetter } from '../../src/document/document.ts';
import { LockstepError } from '../../src/errors.ts';

/** More than so many are counted, but not shown one by one. */
const SHOWN = 10;

/** Where dead letters go: to a file as JSON lines, or to the user. */
export class DeadLetters {
  readonly #tell: (message: string) => void;
  readonly #file: WriteStream | undefined;
  #count = 0;

  private constructor(tell: (message: string) => void, file: WriteStream | undefined) {
    this.#tell = tell;
    this.#file = file;
  }

  /** @throws LockstepError `INVALID_ARGUMENT` if the file cannot be written */
  static async open(tell: (message: string) => void, path: string | undefined): Promise<DeadLetters> {
    if (path === undefined) return new DeadLetters(tell, undefined);
    const file = createWriteStream(path);
    try {
      await once(file, 'open');
    } catch (cause) {
      throw new LockstepError('INVALID_ARGUMENT', `Cannot write dead letters to ${path}`, { cause });
    }
    return new DeadLetters(tell, file);
  }

  get count(): number {
    return this.#count;
  }

  add({ document: { id, text }, reason: { code, message } }: DeadLetter): void {
    this.#count++;
    if (this.#file) this.#file.write(`${JSON.stringify({ id, text, code, reason: message })}\n`);
    else if (this.#count <= SHOWN) this.#tell(`document ${id}: ${message} [${code}]`);
  }

  /** Says how many there were. */
  async close(): Promise<void> {
    if (this.#file) {
      this.#file.end();
      await once(this.#file, 'close');
    }
    if (this.#count === 0) return;
    const documents = this.#count === 1 ? '1 document was' : `${this.#count.toLocaleString('en')} documents were`;
    const where = this.#file ? `; see ${this.#file.path}` : this.#count > SHOWN ? ', of which the first are shown' : '';
    this.#tell(`${documents} not labelled${where}`);
  }
}
