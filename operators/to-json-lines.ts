import type { Writable } from 'node:stream';
import type { MonoTypeOperatorFunction } from 'rxjs';
import type { Document } from '../src/document/document.ts';
import { describe, invalidArgument } from '../src/errors.ts';
import { verdictRecord } from '../src/sinks/verdict-record.ts';
import { writeLines } from '../src/sinks/write-lines.ts';
import type { Labelled } from './vote.ts';

/** Options of {@link toJsonLines}. */
export interface ToJsonLinesOptions<D> {
  /** What to write about a document: anything that JSON can hold. @default `{ id, label, confidence, lanes }` */
  readonly format?: ((document: D) => unknown) | undefined;
}

/**
 * Writes each document as a JSON line, and acknowledges it once the stream has taken that line: a sink, which ends the chain as
 * `acknowledge()` does.
 *
 * By default a line is `{"id", "label", "confidence", "lanes"}`, where a lane is `{"label", "score"}` (the label for which it spoke
 * loudest) or null if it abstained, with numbers to four decimals; a verdict that is uncertain has `"uncertain": true` too. A `format` of
 * yours writes anything, of any document. A stream that is slow holds the source back, for its credit returns only with the
 * acknowledgement. Lines that come together are written together.
 *
 * ```text
 * source            --(ab)--------c|
 * stream            ---(written)-----(written)
 * toJsonLines(out)  -----------(ab)----------(c|)
 * ```
 *
 * If whoever reads the stream leaves (`| head`), the Observable completes, the source is unsubscribed from and what was not
 * written stays unacknowledged. The stream is not ended: it may be `process.stdout`.
 *
 * @example
 * ```ts
 * fromLines('headlines.txt').pipe(classify(news), toJsonLines(process.stdout)).subscribe();
 * // {"id":1,"label":"Business","confidence":0.9712,"lanes":{"cnn":{"label":"Business","score":0.9405}, ...}}
 * ```
 * @return the same documents, each after it was written
 * @throws LockstepError `INVALID_ARGUMENT` if `writable` is no stream or `format` no function; the Observable errors with `SINK_FAILED` if
 * the stream does. A document for which `format` throws or gives nothing to write is a dead letter, `STAGE_FAILED`.
 * @see fromJsonLines
 */
export function toJsonLines<D extends Document & Labelled>(writable: Writable): MonoTypeOperatorFunction<D>;
export function toJsonLines<D extends Document>(
  writable: Writable,
  options: ToJsonLinesOptions<D> & { readonly format: (document: D) => unknown },
): MonoTypeOperatorFunction<D>;
export function toJsonLines<D extends Document & Labelled>(
  writable: Writable,
  { format = verdictRecord }: ToJsonLinesOptions<D> = {},
): MonoTypeOperatorFunction<D> {
  if (typeof format !== 'function') throw invalidArgument('format', 'a function', format);
  return writeLines('toJsonLines', writable, (document: D) => {
    const value = format(document);
    const line: string | undefined = JSON.stringify(value);
    if (line === undefined)
      throw new TypeError(`expected \`format\` to give what JSON can hold, got ${describe(value)}`);
    return line;
  });
}
