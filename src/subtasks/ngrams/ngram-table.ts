import type { NgramsConfig } from '../lane-config.ts';

/** What n-grams say of one label: its log-odds are `bias` plus, over the n-grams of a text, their weights times their values. */
export interface NgramTable {
  /** Hashes of n-grams, ascending, each different and none 0. */
  readonly keys: Int32Array;
  /** Of each key, in units of `scale`. */
  readonly weights: Int8Array;
  readonly scale: number;
  readonly bias: number;
}

/** A lane over n-grams, trained: a table for each of its labels. */
export interface NgramsLane {
  readonly config: NgramsConfig;
  readonly tables: readonly NgramTable[];
}

/** Lanes that look at the same n-grams, so that these are counted and looked up once for all of them. */
export function groupsOf<L extends { readonly config: Pick<NgramsConfig, 'features'> }>(lanes: readonly L[]): L[][] {
  const groups = new Map<string, L[]>();
  for (const lane of lanes) {
    const key = JSON.stringify(lane.config.features);
    const group = groups.get(key);
    if (group) group.push(lane);
    else groups.set(key, [lane]);
  }
  return [...groups.values()];
}
