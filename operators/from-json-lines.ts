import type { Observable } from 'rxjs';
import { invalidArgument } from '../src/errors.ts';
import { idAt, type JsonRecord, parseRecord, textAt } from '../src/sources/json-record.ts';
import { type LineOptions, type LinesInput, lineSupply } from '../src/sources/line-supply.ts';
import { pumped } from '../src/sources/pump.ts';

export type { JsonRecord } from '../src/sources/json-record.ts';

/** Options of {@link fromJsonLines}. */
export interface JsonLineOptions extends LineOptions {
  /** Name of the field that holds the text; dots lead into fields within fields: `'body.title'`. @default 'text' */
  readonly text?: string | undefined;
  /** Name of the field that holds the identity, if there is one; otherwise the number of the line is it. @default 'id' */
  readonly id?: string | undefined;
}

/** What {@link fromJsonLines} emits. */
export interface JsonDocument {
  readonly text: string;
  readonly id: string | number;
  /** All that the line holds. */
  readonly record: JsonRecord;
}

/**
 * Emits the objects of a JSON lines file or stream (one JSON object a line) as documents, no more at a time than the pipeline
 * can take.
 *
 * It reads as {@link fromLines} does: receipts and credit, gzip, strict UTF-8, several inputs. A line that is not a JSON object, whose
 * text is missing or no string, or whose identity is neither a string nor a number that JavaScript holds exactly, goes to
 * `deadLetters` with the reason, and the others go on; without `deadLetters` it errors the Observable.
 *
 * ```text
 * lines            {"id":"x","text":"a"}  {"text":"b"}  oops  {"text":"d"}
 * documents        x----------------------2-------------------4|           ids
 * deadLetters      -------------------------------------3------
 * ```
 *
 * @example
 * ```ts
 * fromJsonLines('articles.jsonl.gz', { text: 'body.title', id: 'url' }).pipe(
 *   classify(news),
 *   toJsonLines(process.stdout),
 * ).subscribe();
 * ```
 * @param input a path, a `file:` URL or a `Readable`; or several, which are read one after another
 * @return `{ text, id, record }`, each with a receipt
 * @throws LockstepError `INVALID_ARGUMENT` if an argument is not what it should be; the Observable errors with `INVALID_DATA`,
 * and the cause, if the input cannot be read.
 */
export function fromJsonLines(input: LinesInput, options: JsonLineOptions = {}): Observable<JsonDocument> {
  const { text = 'text', id = 'id' } = options;
  checkField('text', text);
  checkField('id', id);
  const open = lineSupply(input, options, (line): JsonDocument => {
    const record = parseRecord(line.text);
    return { text: textAt(record, text), id: idAt(record, id) ?? line.id, record };
  });
  return pumped(open, options.maxInFlight);
}

function checkField(name: string, value: string): void {
  if (typeof value !== 'string' || value === '') throw invalidArgument(name, 'the name of a field', value);
}
