import { isUtf8 } from 'node:buffer';

/** A line of text, without its end; or what can be shown of one that cannot be read, and why it cannot. */
export interface Line {
  /** From 1; empty lines count. */
  readonly number: number;
  readonly text: string;
  readonly problem: string | undefined;
}

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = '\uFEFF';
/** How many bytes of a line that is too long are kept to be shown. */
const SHOWN = 256;

/**
 * Cuts a stream of bytes into lines, however the bytes are parted into chunks: lines end with LF or CRLF, the last one needs
 * no end, empty ones are counted and left out, and so is a byte order mark. It holds no more than one line.
 */
export class LineSplitter {
  readonly #maxLength: number;
  #count = 0;
  /** The beginning of a line whose end has not come: at most a little more than a line may be long. */
  #held: Buffer[] = [];
  #heldLength = 0;

  /** @param maxLength bytes of the longest line that is taken */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** How many lines have ended so far, empty ones too. */
  get count(): number {
    return this.#count;
  }

  /** The lines that end in this chunk. */
  push(chunk: Buffer): Line[] {
    const lines: Line[] = [];
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    let start = 0;
    if (end > 0 && this.#heldLength > 0) {
      const stop = chunk.indexOf(NEWLINE);
      this.#hold(chunk.subarray(0, stop));
      this.#release(lines);
      start = stop + 1;
    }
    // Checked for all lines at once: no byte of a longer character is a newline.
    const valid = isUtf8(chunk.subarray(start, end));
    while (start < end) {
      const stop = chunk.indexOf(NEWLINE, start);
      this.#add(lines, chunk, start, stop, valid);
      start = stop + 1;
    }
    this.#hold(chunk.subarray(end));
    return lines;
  }

  /** The last line, if it had no end. */
  end(): Line[] {
    const lines: Line[] = [];
    if (this.#heldLength > 0) this.#release(lines);
    return lines;
  }

  #hold(bytes: Buffer): void {
    // A byte more than allowed tells that a line is too long, another one may be the CR of its end.
    const room = this.#maxLength + 2 - this.#heldLength;
    const kept = bytes.subarray(0, Math.max(0, room));
    if (kept.length === 0) return;
    this.#held.push(kept);
    this.#heldLength += kept.length;
  }

  #release(lines: Line[]): void {
    const bytes = Buffer.concat(this.#held);
    this.#held = [];
    this.#heldLength = 0;
    this.#add(lines, bytes, 0, bytes.length, isUtf8(bytes));
  }

  #add(lines: Line[], bytes: Buffer, start: number, stop: number, valid: boolean): void {
    const number = ++this.#count;
    const end = stop > start && bytes[stop - 1] === CARRIAGE_RETURN ? stop - 1 : stop;
    if (end === start) return;
    if (end - start > this.#maxLength) {
      const text = this.#decode(bytes, start, start + Math.min(SHOWN, this.#maxLength));
      lines.push({ number, text, problem: `it is longer than ${this.#maxLength} bytes` });
      return;
    }
    const text = this.#decode(bytes, start, end);
    const problem = valid || isUtf8(bytes.subarray(start, end)) ? undefined : 'it is not UTF-8';
    if (text !== '') lines.push({ number, text, problem });
  }

  #decode(bytes: Buffer, start: number, end: number): string {
    const text = bytes.toString('utf8', start, end);
    return this.#count === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  }
}
