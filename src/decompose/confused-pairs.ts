import type { Decomposition } from './decompose.ts';

/** Two labels that are taken for one another. */
export interface ConfusedPair {
  readonly labels: readonly [string, string];
  /** How many rows of either were given the other. */
  readonly rows: number;
  /** The lane that both are in, by its index; absent if they are in different ones. */
  readonly lane?: number;
}

/** The pairs of labels that are taken for one another, the most often confused first. */
export function confusedPairs({ labels, groups, confusion }: Decomposition): ConfusedPair[] {
  const laneOf = laneByLabel(groups);
  const pairs: ConfusedPair[] = [];
  for (const [a, first] of labels.entries())
    for (const [b, second] of labels.entries()) {
      const rows = (confusion[a]?.[b] ?? 0) + (confusion[b]?.[a] ?? 0);
      if (b <= a || rows === 0) continue;
      const lane = laneOf.get(first);
      pairs.push({
        labels: [first, second],
        rows,
        ...(lane !== undefined && lane === laneOf.get(second) && { lane }),
      });
    }
  return pairs.sort((a, b) => b.rows - a.rows);
}

/** The index of the lane of each label. */
function laneByLabel(groups: Decomposition['groups']): ReadonlyMap<string, number> {
  return new Map(groups.flatMap((labels, lane) => labels.map((label) => [label, lane] as const)));
}
