/** The index of the highest of `count` values from `start` on; of equal ones the first. */
export function argmax(values: ArrayLike<number>, start: number, count: number): number {
  let winner = 0;
  for (let i = 1; i < count; i++) if ((values[start + i] ?? 0) > (values[start + winner] ?? 0)) winner = i;
  return winner;
}
