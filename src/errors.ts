/**
 * Every code that a {@link LockstepError} can carry. Codes are stable: programs may compare them; messages may change.
 *
 * | code | meaning |
 * |---|---|
 * | `INVALID_ARGUMENT` | an option or argument is outside what the function accepts |
 * | `INVALID_DOCUMENT` | something in the stream is not a document, or lacks a field that a stage needs |
 * | `INVALID_SCORES` | a subtask answered with the wrong shape, or with values that are not probabilities |
 * | `SUBTASK_FAILED` | a subtask threw, rejected or errored; `cause` has the original |
 * | `DEADLINE_MISSED` | a lane did not answer in time; it abstained |
 * | `QUORUM_MISSED` | fewer lanes answered about a document than the quorum asks for |
 * | `STAGE_FAILED` | a tokenizer, filter or other callback of a stage threw for one document |
 * | `OVERFLOW` | documents came faster than the bounded queue could take, and the policy is `error` or to drop |
 * | `ABANDONED` | the pipeline ended before the document could be labelled |
 * | `INVALID_DATA` | a data file (training rows, input lines) cannot be read as what it should be |
 * | `SOURCE_FAILED` | a source could not go on reading; `cause` has the original |
 * | `SINK_FAILED` | a sink could not write; `cause` has the original |
 * | `INVALID_ENSEMBLE` | a file of an ensemble is missing, damaged or of another version |
 * | `BACKEND_UNAVAILABLE` | no tensor backend could be loaded, or not the one that was asked for |
 * | `WORKER_FAILED` | the thread in which models run died |
 */
export type LockstepErrorCode =
  | 'INVALID_ARGUMENT'
  | 'INVALID_DOCUMENT'
  | 'INVALID_SCORES'
  | 'SUBTASK_FAILED'
  | 'DEADLINE_MISSED'
  | 'QUORUM_MISSED'
  | 'STAGE_FAILED'
  | 'OVERFLOW'
  | 'ABANDONED'
  | 'INVALID_DATA'
  | 'SOURCE_FAILED'
  | 'SINK_FAILED'
  | 'INVALID_ENSEMBLE'
  | 'BACKEND_UNAVAILABLE'
  | 'WORKER_FAILED';

/** An error that says what was wrong, what was expected and what came, with a stable `code` and the original `cause`. */
export class LockstepError extends Error {
  override readonly name = 'LockstepError';
  readonly code: LockstepErrorCode;

  constructor(code: LockstepErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** How a value is shown in an error message: short, on one line, with its type. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (typeof value === 'symbol') return value.toString();
  if (Array.isArray(value)) return `array of ${value.length}`;
  return `${value.constructor?.name ?? 'object'}`;
}

/** The error for an argument that is not what it should be: "Expected `name` to be ..., got ...". */
export function invalidArgument(name: string, expected: string, got: unknown): LockstepError {
  return new LockstepError(
    'INVALID_ARGUMENT',
    `Expected \`${name}\` to be ${expected}, got ${describe(got)} (${typeof got})`,
  );
}

/** Checks that `value` is an integer of at least `min` (or `Infinity` where allowed), and returns it. */
export function checkCount(
  name: string,
  value: number,
  { min = 1, infinity = false }: { readonly min?: number; readonly infinity?: boolean } = {},
): number {
  if (infinity && value === Number.POSITIVE_INFINITY) return value;
  if (Number.isSafeInteger(value) && value >= min) return value;
  throw invalidArgument(name, `an integer of at least ${min}${infinity ? ' or Infinity' : ''}`, value);
}
