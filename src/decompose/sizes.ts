/** Sizes of `groups` groups of `count` things that are equal, give or take one: the larger first. */
export function sizesOf(count: number, groups: number): number[] {
  return Array.from({ length: groups }, (_, group) => Math.floor(count / groups) + (group < count % groups ? 1 : 0));
}
