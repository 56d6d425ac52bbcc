import type { Scores, ScoresLike } from '../subtasks/subtask.ts';

/** A probability computed in 32 bits may lie this much outside [0, 1]. */
const ROUNDING = 1e-4;

/**
 * Scores in which each row with a value that is no probability is a row of `NaN`, an abstention. The answer itself is left as it
 * is, for it may be the subtask's own array; it is copied only if something in it is wrong.
 */
export function toScores(answer: ScoresLike, columns: number): Scores {
  // JSON writes NaN as null, which as a number would be 0: certainly not.
  const given = answer instanceof Float32Array ? answer : Float32Array.from(answer, asNumber);
  let scores = given;
  for (let index = 0; index < given.length; index++) {
    const score = given[index] ?? Number.NaN;
    if (score >= -ROUNDING && score <= 1 + ROUNDING) continue;
    if (scores === answer) scores = given.slice();
    const row = index - (index % columns);
    scores.fill(Number.NaN, row, row + columns);
    index = row + columns - 1;
  }
  return scores;
}

function asNumber(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}
