import { checkCount, describe, invalidArgument, LockstepError } from '../errors.ts';
import { type ByteInput, checkByteInput, openBytes } from '../sources/bytes.ts';
import { parseRecord, textAt } from '../sources/json-record.ts';
import { type Line, LineSplitter } from '../sources/line-splitter.ts';

/** A labelled text. */
export interface Row {
  readonly label: string;
  readonly text: string;
}

/** A line that is no row, and why. */
export interface BadRow {
  /** From 1. */
  readonly line: number;
  /** `INVALID_DATA`; the message names the file and the line. */
  readonly reason: LockstepError;
}

/** Options of {@link readRows}. */
export interface ReadRowsOptions {
  /** `label<TAB>text`, or a JSON object a line. @default JSON lines if the first line begins with `{`, else tabs */
  readonly format?: 'tsv' | 'json-lines' | undefined;
  /** In JSON lines, the field of the label; parts are joined by dots. @default 'label' */
  readonly labelField?: string | undefined;
  /** In JSON lines, the field of the text. @default 'text' */
  readonly textField?: string | undefined;
  /** Rows of other labels are left out, and counted. @default all are taken */
  readonly labels?: readonly string[] | undefined;
  /** More bad rows than this are an error. @default 10 or a hundredth of the lines, whichever is more */
  readonly maxBadRows?: number | undefined;
  /** Is told of each bad row as it is met. */
  readonly onBadRow?: ((bad: BadRow) => void) | undefined;
}

/** What {@link readRows} found. */
export interface RowsRead {
  readonly rows: readonly Row[];
  readonly bad: readonly BadRow[];
  /** How many rows had a label that was not asked for. */
  readonly skipped: number;
}

const LONGEST_LINE = 2 ** 20;
const TOLERATED = 10;
const TOLERATED_PART = 0.01;

/**
 * Reads labelled texts from a file or stream of UTF-8, plain or gzip. Empty lines count as lines and are no rows; a text
 * may hold further tabs; white space around label and text is cut off.
 *
 * @example
 * ```ts
 * const { rows } = await readRows('train.tsv.gz', { labels: ['tech', 'finance'] });
 * rows[0]; // { label: 'tech', text: '苹果发布新手机' }
 * ```
 * @throws LockstepError `INVALID_DATA` if the input cannot be read, is not UTF-8, or has too many bad rows.
 * @throws LockstepError `INVALID_ARGUMENT` if `input` or an option is not what it should be.
 */
export async function readRows(input: ByteInput, options: ReadRowsOptions = {}): Promise<RowsRead> {
  checkByteInput(input);
  if (options.maxBadRows !== undefined) checkCount('maxBadRows', options.maxBadRows, { min: 0, infinity: true });
  const bytes = openBytes(input);
  const reader = new RowReader(bytes.name, options);
  const splitter = new LineSplitter(LONGEST_LINE);
  try {
    for await (const chunk of bytes.chunks) for (const line of splitter.push(chunk)) reader.add(line);
    for (const line of splitter.end()) reader.add(line);
  } finally {
    bytes.close();
  }
  return reader.end();
}

class RowReader {
  readonly #name: string;
  readonly #options: ReadRowsOptions;
  readonly #labels: ReadonlySet<string> | undefined;
  readonly #rows: Row[] = [];
  readonly #bad: BadRow[] = [];
  /** Texts share their labels' strings: a million rows would hold a million copies else. */
  readonly #names = new Map<string, string>();
  #parse: ((text: string) => Row) | undefined;
  #lines = 0;
  #skipped = 0;

  constructor(name: string, options: ReadRowsOptions) {
    const { format, labels } = options;
    if (format !== undefined && format !== 'tsv' && format !== 'json-lines')
      throw invalidArgument('format', "'tsv' or 'json-lines'", format);
    this.#name = name;
    this.#options = options;
    this.#labels = labels && new Set(labels);
    if (format !== undefined) this.#parse = this.#parserOf(format);
  }

  add({ number, text, problem }: Line): void {
    this.#lines++;
    // Damage to the encoding is no matter of one row: what looks well beside it may be wrong too.
    if (problem === 'it is not UTF-8') throw this.#error(number, problem);
    this.#parse ??= this.#parserOf(text.trimStart().startsWith('{') ? 'json-lines' : 'tsv');
    try {
      if (problem !== undefined) throw new Error(problem);
      const row = this.#parse(text);
      if (this.#labels !== undefined && !this.#labels.has(row.label)) this.#skipped++;
      else this.#rows.push(row);
    } catch (cause) {
      const bad = {
        line: number,
        reason: this.#error(number, cause instanceof Error ? cause.message : describe(cause)),
      };
      this.#bad.push(bad);
      this.#options.onBadRow?.(bad);
    }
  }

  end(): RowsRead {
    const { maxBadRows = Math.max(TOLERATED, Math.floor(this.#lines * TOLERATED_PART)) } = this.#options;
    const [first] = this.#bad;
    if (first !== undefined && this.#bad.length > maxBadRows)
      throw new LockstepError(
        'INVALID_DATA',
        `${this.#name}: ${this.#bad.length} of ${this.#lines} lines are no rows, at most ${maxBadRows} may be. The first: ${first.reason.message}`,
        { cause: first.reason },
      );
    return { rows: this.#rows, bad: this.#bad, skipped: this.#skipped };
  }

  #parserOf(format: 'tsv' | 'json-lines'): (line: string) => Row {
    const { labelField = 'label', textField = 'text' } = this.#options;
    if (format === 'tsv') {
      return (line) => {
        const tab = line.indexOf('\t');
        if (tab < 0) throw new Error('expected label<TAB>text, got no tab');
        return this.#row(line.slice(0, tab), line.slice(tab + 1));
      };
    }
    return (line) => {
      const record = parseRecord(line);
      return this.#row(textAt(record, labelField), textAt(record, textField));
    };
  }

  #row(givenLabel: string, givenText: string): Row {
    const label = givenLabel.trim();
    const text = givenText.trim();
    if (label === '') throw new Error('the label is empty');
    if (text === '') throw new Error('the text is empty');
    const known = this.#names.get(label);
    if (known === undefined) this.#names.set(label, label);
    return { label: known ?? label, text };
  }

  #error(line: number, why: string): LockstepError {
    return new LockstepError('INVALID_DATA', `Cannot use line ${line} of ${this.#name}: ${why}`);
  }
}
