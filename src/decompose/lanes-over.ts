import { invalidArgument } from '../errors.ts';
import type { LaneConfig } from '../subtasks/lane-config.ts';

/** A lane but for what it is called and over which labels it is. */
export type LaneTemplate = LaneConfig extends infer L
  ? L extends LaneConfig
    ? Omit<L, 'name' | 'labels'>
    : never
  : never;

/**
 * A lane for each group of labels, for `train`. A lane judges each of its labels by itself (`exclusive: false`) unless the template says
 * otherwise: one that has to choose among its labels would also choose for texts of the others, which the vote then could not tell.
 * A lane over one label is called as that, others by their kind and number.
 *
 * @example
 * ```ts
 * const { rows } = await readRows('rows.tsv');
 * const { groups } = await decomposeClasses(rows, { lanes: 4 });
 * const trained = await train(rows, { lanes: lanesOver(groups, { kind: 'dpcnn', filters: 64, blocks: 2, dropout: 0.4 }) });
 * ```
 */
export function lanesOver(groups: readonly (readonly string[])[], template: LaneTemplate): LaneConfig[] {
  const taken = new Set(groups.flat());
  return groups.map((labels, group) => {
    const [only = ''] = labels;
    if (labels.length === 1) {
      const { exclusive: _, ...single } = template;
      return { ...single, name: `${only}-${template.kind}`, labels };
    }
    let name = `${template.kind}-${group + 1}`;
    while (taken.has(name)) name += '-lane';
    return { exclusive: false, ...template, name, labels };
  });
}

/**
 * Lanes of which each that is over all labels is replaced by one a group.
 *
 * @throws LockstepError `INVALID_ARGUMENT` unless every label is in exactly one group.
 */
export function regrouped(
  lanes: readonly LaneConfig[],
  groups: readonly (readonly string[])[],
  labels: readonly string[],
): LaneConfig[] {
  const grouped = groups.flat();
  const isPartition = grouped.length === labels.length && labels.every((label) => grouped.includes(label));
  if (!isPartition || groups.some((group) => group.length === 0))
    throw invalidArgument('groups', `each of the labels ${labels.join(', ')} once, no group empty`, grouped.join(', '));
  return lanes.flatMap((lane) => {
    if (lane.labels.length < labels.length) return [lane];
    const { name: _name, labels: _labels, ...template } = lane;
    return lanesOver(groups, template);
  });
}
