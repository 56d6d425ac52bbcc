import type { Column } from './timeline-picture.ts';

/** The number of a cycle above its column. */
export interface Tick {
  /** Index of the column. */
  readonly column: number;
  readonly label: string;
}

const EVERY = 5;

/**
 * Which columns of a picture carry their number: the first, the one after cycles that are left out, and every fifth cycle; but
 * none whose number would run into another.
 *
 * @param room how many columns a number takes, with the space after it
 */
export function ticksOf(columns: readonly Column[], room: (label: string) => number): Tick[] {
  const drawn = columns.flatMap(({ cycle, elided }, column) => (elided === 0 ? [{ cycle, column }] : []));
  const isJump = ({ column }: { readonly column: number }): boolean => columns[column - 1]?.elided !== 0;
  const ticks: Tick[] = [];
  for (const { cycle, column } of [
    ...drawn.filter(isJump),
    ...drawn.filter((each) => !isJump(each) && each.cycle % EVERY === 0),
  ]) {
    const label = String(cycle);
    const end = column + room(label);
    if (ticks.every((tick) => end <= tick.column || column >= tick.column + room(tick.label)))
      ticks.push({ column, label });
  }
  return ticks.sort((a, b) => a.column - b.column);
}
