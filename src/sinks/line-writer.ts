import type { Writable } from 'node:stream';

/** What a {@link LineWriter} tells. */
export interface LineWriterEvents<T> {
  /** The stream has taken the lines of these items. */
  readonly written: (items: readonly T[]) => void;
  /** Every line is written, after {@link LineWriter.end}. */
  readonly finished: () => void;
  /** Whoever read the stream has left; nothing can be written any more. */
  readonly abandoned: () => void;
  readonly failed: (error: Error) => void;
}

/** Lines at most that go out as one string. */
const LINES_AT_ONCE = 4096;
/** How streams say that nobody reads them any more. */
const LEFT: ReadonlySet<unknown> = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

/**
 * Writes lines to a stream, one write at a time: what is added meanwhile, or within one turn of the event loop, goes out
 * together. So many short lines cost few writes, and the stream never buffers more than one of them.
 */
export class LineWriter<T> {
  readonly #writable: Writable;
  readonly #events: LineWriterEvents<T>;
  #lines: string[] = [];
  #items: T[] = [];
  #scheduled = false;
  #writing = false;
  #ending = false;
  #closed = false;

  constructor(writable: Writable, events: LineWriterEvents<T>) {
    this.#writable = writable;
    this.#events = events;
    writable.on('error', heardByWrite);
  }

  /** Queues a line, given without its end, for an item. */
  add(line: string, item: T): void {
    this.#lines.push(line);
    this.#items.push(item);
    if (this.#scheduled || this.#writing) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  /** No more lines will be added. */
  end(): void {
    this.#ending = true;
    if (!this.#scheduled && !this.#writing) this.#flush();
  }

  /** Forgets what is not being written yet, and leaves the stream alone. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#lines = [];
    this.#items = [];
    if (!this.#writing) this.#writable.off('error', heardByWrite);
  }

  #flush(): void {
    if (this.#closed) return;
    if (this.#lines.length === 0) {
      if (this.#ending) this.#events.finished();
      return;
    }
    this.#writing = true;
    const items = this.#items.splice(0, LINES_AT_ONCE);
    const text = `${this.#lines.splice(0, LINES_AT_ONCE).join('\n')}\n`;
    this.#writable.write(text, (error) => this.#written(items, error));
  }

  #written(items: readonly T[], error: Error | null | undefined): void {
    this.#writing = false;
    if (error) {
      // The stream emits the error after this; it is dead, so its listener may stay.
      if (!this.#closed) this.#fail(this.#writable.errored ?? error);
    } else if (this.#closed) {
      this.#writable.off('error', heardByWrite);
    } else {
      this.#events.written(items);
      this.#flush();
    }
  }

  #fail(error: Error): void {
    this.#closed = true;
    if (saysReaderLeft(error)) this.#events.abandoned();
    else this.#events.failed(error);
  }
}

/** Whether a stream failed just because nobody reads it any more (`| head`). */
export function saysReaderLeft(error: unknown): boolean {
  return error instanceof Error && 'code' in error && LEFT.has(error.code);
}

/** Every failure comes to the callback of a write; a stream that nobody listens to would end the process besides. */
function heardByWrite(): void {}
