import type { ObservableInput } from 'rxjs';
import { invalidArgument } from '../errors.ts';

/**
 * What one lane says about a batch: probabilities in [0, 1], row by row, one row a document and one column a label of the
 * subtask (row-major, `documents × labels`). A row that holds `NaN` is an abstention about that document.
 */
export type Scores = Float32Array;

/** What a subtask may answer with: see {@link Scores}; any array-like of numbers will do. */
export type ScoresLike = ArrayLike<number>;

/**
 * An execution unit: scores a batch of documents for the labels it knows, independently of every other subtask.
 *
 * @typeParam D what a document must carry for it, for instance `Encoded` for a network over token ids.
 */
export interface Subtask<in D = never> {
  /** Unique within an ensemble; it names the lane. */
  readonly name: string;
  /** What it can tell apart: one label for a one-vs-rest subtask, several for a group. */
  readonly labels: readonly string[];
  /** What a document costs, in any unit: `branchEarly` asks those that cost something after the others. @default 0 */
  readonly cost?: number | undefined;
  /**
   * Scores `documents` (never empty). May answer at once, by promise, or by an Observable that emits once. `signal` is
   * aborted when nobody waits for the answer any more.
   */
  score(documents: readonly D[], signal: AbortSignal): ScoresLike | ObservableInput<ScoresLike>;
}

/**
 * Makes a subtask of a function.
 *
 * @example
 * ```ts
 * const shouting = subtask<Document>('shouting', ['loud'], (documents) =>
 *   documents.map(({ text }) => (text === text.toUpperCase() ? 1 : 0)));
 * ```
 * @throws LockstepError `INVALID_ARGUMENT` if the name is empty or the labels are none or repeated.
 */
export function subtask<D>(name: string, labels: readonly string[], score: Subtask<D>['score']): Subtask<D> {
  const made = { name, labels, score };
  checkSubtask(made);
  return made;
}

/** @throws LockstepError `INVALID_ARGUMENT` unless it is an array of subtasks */
export function checkSubtasks(subtasks: readonly Partial<Subtask>[]): void {
  if (!Array.isArray(subtasks)) throw invalidArgument('subtasks', 'an array', subtasks);
  for (const [index, subtask] of subtasks.entries()) checkSubtask(subtask, `subtasks[${index}].`);
}

function checkSubtask(given: Partial<Subtask>, at = ''): void {
  const { name, labels, score } = given ?? {};
  if (typeof name !== 'string' || name === '') throw invalidArgument(`${at}name`, 'a non-empty string', name);
  if (!isLabels(labels)) throw invalidArgument(`${at}labels`, 'a non-empty array of different strings', labels);
  if (typeof score !== 'function') throw invalidArgument(`${at}score`, 'a function', score);
}

function isLabels(labels: unknown): boolean {
  if (!Array.isArray(labels) || labels.length === 0) return false;
  return labels.every((label) => typeof label === 'string') && new Set(labels).size === labels.length;
}
