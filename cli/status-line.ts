import type { Console } from './console.ts';
import { columnsOf, fitted } from './terminal.ts';

/** Milliseconds between two pictures of a line. */
const PERIOD = 100;

/** A line at the bottom of the terminal that is drawn again and again; nothing at all where stderr is no terminal. */
export class StatusLine {
  readonly #console: Console;
  readonly #text: () => string;
  readonly #timer: NodeJS.Timeout | undefined;

  /** @param text what to show now */
  constructor(console: Console, text: () => string, { shown = true }: { readonly shown?: boolean } = {}) {
    this.#console = console;
    this.#text = text;
    if (!shown || !console.stderr.isTTY) return;
    this.#timer = setInterval(() => this.draw(), PERIOD);
    this.#timer.unref();
  }

  /** Makes room for other output. */
  clear(): void {
    if (this.#timer) this.#console.stderr.write('\r\u001B[K');
  }

  stop(): void {
    this.clear();
    clearInterval(this.#timer);
  }

  /** Draws it now. */
  draw(): void {
    if (!this.#timer) return;
    const { stderr } = this.#console;
    stderr.write(`\r${fitted(this.#text(), columnsOf(stderr) - 1).trimEnd()}\u001B[K`);
  }
}
