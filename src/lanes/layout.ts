import { LockstepError } from '../errors.ts';

/** Which lane speaks about which labels. */
export interface LaneLayout {
  readonly name: string;
  readonly labels: readonly string[];
  /** For each of its columns the index of the label in {@link Layout.labels}. */
  readonly columns: readonly number[];
}

/** The lanes of an ensemble and the labels they decide between, in the order in which they first occur. */
export interface Layout {
  readonly labels: readonly string[];
  readonly lanes: readonly LaneLayout[];
}

/**
 * The layout of some subtasks or lanes.
 *
 * @throws LockstepError `INVALID_ARGUMENT` if there are none, or two of the same name.
 */
export function layoutOf(lanes: readonly { readonly name: string; readonly labels: readonly string[] }[]): Layout {
  const names = lanes.map(({ name }) => name);
  if (names.length === 0 || new Set(names).size < names.length)
    throw new LockstepError('INVALID_ARGUMENT', `Expected subtasks with different names, got [${names.join(', ')}]`);
  const labels = [...new Set(lanes.flatMap((lane) => lane.labels))];
  const indices = new Map(labels.map((label, index) => [label, index]));
  return {
    labels,
    lanes: lanes.map((lane) => ({
      name: lane.name,
      labels: lane.labels,
      columns: lane.labels.map((label) => indices.get(label) ?? -1),
    })),
  };
}
