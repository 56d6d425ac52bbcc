import type { DeadLetter, Document } from '../document/document.ts';
import { checkCount, describe, invalidArgument, LockstepError } from '../errors.ts';
import { type ByteInput, checkByteInput, nameOfInput, type OpenBytes, openBytes } from './bytes.ts';
import { type Line, LineSplitter } from './line-splitter.ts';
import type { Supply } from './pump.ts';

/** Options of every source that reads lines. */
export interface LineOptions {
  /** How many documents may be out that nobody has settled yet. @default 1024 */
  readonly maxInFlight?: number | undefined;
  /** Bytes of the longest line that is taken, without its end. @default 1,048,576 */
  readonly maxLineLength?: number | undefined;
  /** Takes the lines that cannot be read, with the reason. @default such a line errors the Observable */
  readonly deadLetters?: ((letter: DeadLetter) => void) | undefined;
}

/** One input, or several that are read one after another. */
export type LinesInput = ByteInput | readonly ByteInput[];

/** A line with the identity that its document has if it brings none: its number, or `file:number` if there are several inputs. */
export interface IdentifiedLine {
  readonly text: string;
  readonly id: string | number;
}

const DEFAULT_LINE_LENGTH = 2 ** 20;

/**
 * Checks what a source of lines was given.
 *
 * @returns a function that opens the inputs, as a supply of what `parse` makes of each line. What `parse` throws is the
 * reason why that line is a dead letter.
 */
export function lineSupply<D extends Document>(
  input: LinesInput,
  { maxLineLength = DEFAULT_LINE_LENGTH, deadLetters }: LineOptions,
  parse: (line: IdentifiedLine) => D,
): () => Supply<D> {
  const inputs = isList(input) ? input : [input];
  for (const one of inputs) checkByteInput(one);
  checkCount('maxLineLength', maxLineLength);
  if (deadLetters !== undefined && typeof deadLetters !== 'function')
    throw invalidArgument('deadLetters', 'a function', deadLetters);
  return () => new LineSupply({ inputs, maxLineLength, deadLetters, parse });
}

function isList(input: LinesInput): input is readonly ByteInput[] {
  return Array.isArray(input);
}

interface LineSupplyOptions<D> {
  readonly inputs: readonly ByteInput[];
  readonly maxLineLength: number;
  readonly deadLetters: LineOptions['deadLetters'];
  readonly parse: (line: IdentifiedLine) => D;
}

/** Reads chunk by chunk, but parses line by line, as documents are asked for. */
class LineSupply<D extends Document> implements Supply<D> {
  readonly #options: LineSupplyOptions<D>;
  readonly #chunks: AsyncGenerator<readonly Line[], void>;
  #open: OpenBytes | undefined;
  #name = '';
  #lines: readonly Line[] = [];
  #position = 0;

  constructor(options: LineSupplyOptions<D>) {
    this.#options = options;
    this.#chunks = this.#read();
  }

  next(): IteratorResult<D, void> | Promise<IteratorResult<D, void>> {
    return this.#fromChunk() ?? this.#fromNextChunk();
  }

  close(): void {
    this.#open?.close();
    // Ends the generator if it has not begun, or waits to be asked; its answer is of no use to anybody.
    this.#chunks.return().catch(() => {});
  }

  #fromChunk(): IteratorResult<D, void> | undefined {
    while (this.#position < this.#lines.length) {
      const line = this.#lines[this.#position++];
      const document = line && this.#documentOf(line);
      if (document) return { done: false, value: document };
    }
    return undefined;
  }

  async #fromNextChunk(): Promise<IteratorResult<D, void>> {
    for (;;) {
      const { done, value } = await this.#chunks.next();
      if (done) return { done, value };
      this.#lines = value;
      this.#position = 0;
      const result = this.#fromChunk();
      if (result) return result;
    }
  }

  #documentOf({ number, text, problem }: Line): D | undefined {
    const line: IdentifiedLine = { text, id: this.#options.inputs.length > 1 ? `${this.#name}:${number}` : number };
    if (problem !== undefined) return this.#refuse(line, number, problem);
    try {
      return this.#options.parse(line);
    } catch (error) {
      return this.#refuse(line, number, error instanceof Error ? error.message : describe(error), error);
    }
  }

  #refuse(document: IdentifiedLine, number: number, why: string, cause?: unknown): undefined {
    const message = `Cannot use line ${number} of ${this.#name}: ${why}`;
    const reason = new LockstepError('INVALID_DATA', message, cause === undefined ? {} : { cause });
    try {
      if (!this.#options.deadLetters) throw reason;
      this.#options.deadLetters({ document, reason });
    } catch (error) {
      this.close();
      throw error;
    }
  }

  async *#read(): AsyncGenerator<readonly Line[], void> {
    const { inputs, maxLineLength } = this.#options;
    for (const input of inputs) {
      this.#name = nameOfInput(input);
      this.#open = openBytes(input);
      const splitter = new LineSplitter(maxLineLength);
      for await (const chunk of this.#open.chunks) yield splitter.push(chunk);
      yield splitter.end();
    }
  }
}
