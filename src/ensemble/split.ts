import { checkCount, invalidArgument, LockstepError } from '../errors.ts';
import { seededRandom } from '../subtasks/random.ts';
import type { Row } from './rows.ts';
import { wordingOf } from './wording.ts';

/** The rows to learn from, and those that are held back. */
export interface Split {
  readonly training: readonly Row[];
  readonly heldBack: readonly Row[];
}

/**
 * The labels of rows, in alphabetical order of their code units.
 *
 * @example
 * ```ts
 * labelsOf([{ label: 'b', text: '…' }, { label: 'a', text: '…' }]); // ['a', 'b']
 * ```
 */
export function labelsOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.map(({ label }) => label))].sort();
}

/**
 * Checks that there is something to learn from: at least two labels, and rows of each.
 *
 * @throws LockstepError `INVALID_DATA` if not; `INVALID_ARGUMENT` if `labels` are not different names.
 */
export function checkClasses(rows: readonly Row[], labels: readonly string[]): void {
  if (new Set(labels).size !== labels.length || labels.includes(''))
    throw invalidArgument('labels', 'different, non-empty names', labels.join(', '));
  const present = new Set(rows.map(({ label }) => label));
  if (rows.length === 0) throw new LockstepError('INVALID_DATA', 'Expected rows to learn from, got none');
  const missing = labels.filter((label) => !present.has(label));
  if (missing.length > 0)
    throw new LockstepError('INVALID_DATA', `Expected rows of every label, got none of ${missing.join(', ')}`);
  if (labels.length < 2)
    throw new LockstepError('INVALID_DATA', `Expected at least two labels, got only ${labels.join(', ')}`);
}

/**
 * Holds a part of the rows of each label back, at random. Texts of the same words stay together, whatever their labels, however they are
 * written: what was learned is not to be measured. The same rows and seed give the same split; the order of the rows is kept.
 *
 * @example
 * ```ts
 * const { rows } = await readRows('rows.tsv');
 * const { training, heldBack } = stratifiedSplit(rows, 0.1, 1);
 * const trained = await train(training, { validation: heldBack });
 * ```
 * @param part how much to hold back, above 0 and below 1; of every label at least one text
 * @throws LockstepError `INVALID_ARGUMENT` if `part` is not between 0 and 1; `INVALID_DATA` if a label has not two texts.
 */
export function stratifiedSplit(rows: readonly Row[], part: number, seed: number): Split {
  if (!(part > 0 && part < 1)) throw invalidArgument('validation', 'a number between 0 and 1', part);
  const held = new Set<string>();
  for (const [label, texts] of textsByLabel(rows)) {
    checkTexts(label, texts);
    shuffle(texts, seededRandom(`${seed}/split/${label}`));
    const count = Math.min(Math.max(Math.round(texts.length * part), 1), texts.length - 1);
    for (const text of texts.slice(0, count)) held.add(text);
  }
  const isHeld = rows.map(({ text }) => held.has(wordingOf(text)));
  return { training: rows.filter((_, row) => !isHeld[row]), heldBack: rows.filter((_, row) => isHeld[row]) };
}

/**
 * Holds every row back once: gives `folds` splits, each of which holds another part of every label back; fewer if there are fewer texts. Texts of the same words stay
 * together, whatever their labels, however they are written. The same rows and seed give the same splits; the order of the rows is kept.
 *
 * @example
 * ```ts
 * const { rows } = await readRows('rows.tsv');
 * for (const { training, heldBack } of stratifiedFolds(rows, 5, 1)) {
 *   const trained = await train(training, { validation: heldBack });
 * }
 * ```
 * @throws LockstepError `INVALID_ARGUMENT` if `folds` is not an integer of at least 2; `INVALID_DATA` if a label has not two texts.
 */
export function stratifiedFolds(rows: readonly Row[], folds: number, seed: number): Split[] {
  checkCount('folds', folds, { min: 2 });
  const foldOf = new Map<string, number>();
  for (const [label, texts] of textsByLabel(rows)) {
    checkTexts(label, texts);
    shuffle(texts, seededRandom(`${seed}/folds/${label}`));
    // Where the last label ended the next one goes on, so that the folds stay of one size.
    for (const text of texts) foldOf.set(text, foldOf.size % folds);
  }
  const own = rows.map(({ text }) => foldOf.get(wordingOf(text)));
  return Array.from({ length: Math.min(folds, foldOf.size) }, (_, fold) => ({
    training: rows.filter((_, row) => own[row] !== fold),
    heldBack: rows.filter((_, row) => own[row] === fold),
  }));
}

function checkTexts(label: string, texts: readonly string[]): void {
  if (texts.length < 2)
    throw new LockstepError(
      'INVALID_DATA',
      `Expected at least two different texts of every label, got one of "${label}"`,
    );
}

/** The different texts of each label, as {@link wordingOf} sees them; one that has several labels counts for the first. */
function textsByLabel(rows: readonly Row[]): Map<string, string[]> {
  const texts = new Map<string, string[]>();
  const seen = new Set<string>();
  for (const { label, text: given } of rows) {
    const text = wordingOf(given);
    if (seen.has(text)) continue;
    seen.add(text);
    const others = texts.get(label);
    if (others) others.push(text);
    else texts.set(label, [text]);
  }
  return texts;
}

/** Brings items into a random order, in place (Fisher-Yates). */
export function shuffle<T>(items: T[], random: () => number): void {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [items[last], items[other]];
    if (a === undefined || b === undefined) continue;
    items[last] = b;
    items[other] = a;
  }
}
