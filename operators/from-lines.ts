import type { Observable } from 'rxjs';
import { type LineOptions, type LinesInput, lineSupply } from '../src/sources/line-supply.ts';
import { pumped } from '../src/sources/pump.ts';

export type { ByteInput } from '../src/sources/bytes.ts';
export type { LineOptions, LinesInput } from '../src/sources/line-supply.ts';

/** What {@link fromLines} emits. */
export interface LineDocument {
  readonly text: string;
  /** The number of the line, from 1; with several inputs `file:number`. */
  readonly id: string | number;
}

/**
 * Emits the lines of a text file or stream as documents, no more at a time than the pipeline can take.
 *
 * Each document carries a receipt, and reading pauses while `maxInFlight` documents are not settled; so the chain ends with
 * `acknowledge()` or with a sink (see {@link fromDocuments}). Memory does not grow with the input.
 *
 * ```text
 * bytes         The qu|ick\nbr|own\n\nfox
 * documents     -------(1)----(2)----(4|)      ids
 * ```
 *
 * Lines end with LF or CRLF, the last one needs no end. Empty lines are left out but counted. A byte order mark is dropped. Input
 * that begins like gzip is unpacked. Text is UTF-8, strictly: a line that is not, or that is longer than `maxLineLength`,
 * goes to `deadLetters` (as well as can be shown, with the reason), and the others go on; without `deadLetters` it errors the
 * Observable. A path or URL is opened anew for each subscriber; a stream can be read by one. Unsubscribing destroys the stream.
 *
 * @example
 * ```ts
 * fromLines('headlines.txt').pipe(classify(news), acknowledge()).subscribe(({ id, verdict }) => console.log(id, verdict.label));
 * ```
 * @example
 * ```ts
 * fromLines(process.stdin, { deadLetters: ({ reason }) => console.error(reason.message) });
 * ```
 * @param input a path, a `file:` URL or a `Readable`; or several, which are read one after another
 * @return `{ text, id }`, each with a receipt
 * @throws LockstepError `INVALID_ARGUMENT` if an argument is not what it should be; the Observable errors with `INVALID_DATA`,
 * and the cause, if the input cannot be read.
 * @see fromJsonLines
 */
export function fromLines(input: LinesInput, options: LineOptions = {}): Observable<LineDocument> {
  const open = lineSupply(input, options, (line): LineDocument => line);
  return pumped(open, options.maxInFlight);
}
