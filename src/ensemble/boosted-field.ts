import { BoostedTrees, parseBoostedTrees } from '../integrate/boosting/boosted-trees.ts';
import type { BoostedVote } from '../integrate/boosting/boosted-vote.ts';
import type { TreeNode } from '../integrate/boosting/tree.ts';
import { Tree } from '../integrate/boosting/tree.ts';
import { listOf, objectOf, parseJson, textOf, wrong } from './fields.ts';

/** So many digits of the numbers in trees are kept. */
const DIGITS = 6;

/** Trees with numbers of a few digits, as they are stored: so what was measured is what is loaded. */
export function rounded({ baseline, features, rounds }: BoostedTrees): BoostedTrees {
  const short = (value: number): number => Number(value.toPrecision(DIGITS));
  const node = (given: TreeNode): TreeNode => {
    if (typeof given === 'number') return short(given);
    const [feature, threshold, missing, left, right] = given;
    return [feature, short(threshold), missing, left, right];
  };
  return new BoostedTrees(
    baseline.map(short),
    features,
    rounds.map((trees) => trees.map(({ nodes }) => new Tree(nodes.map(node)))),
  );
}

/** `vote.json`: a boosted vote; its labels are those of the ensemble. */
export function boostedJson({ lanes, trees }: BoostedVote): string {
  return `${JSON.stringify({ lanes: lanes.map(({ name, labels }) => ({ name, labels })), trees })}\n`;
}

/**
 * Reads `vote.json`.
 *
 * @param labels of the ensemble
 * @param known the lanes of the ensemble: the trees must know each of them; they may know others, which were left out since
 * @throws LockstepError `INVALID_ENSEMBLE`, naming the field, if it is no boosted vote for these.
 */
export function parseBoosted(json: string, labels: readonly string[], known: BoostedVote['lanes']): BoostedVote {
  const fields = objectOf('the file', parseJson(json));
  const lanes = listOf('lanes', fields.lanes, (at, value) => {
    const lane = objectOf(at, value);
    return { name: textOf(`${at}.name`, lane.name), labels: listOf(`${at}.labels`, lane.labels, textOf) };
  });
  if (new Set(lanes.map(({ name }) => name)).size < lanes.length)
    throw wrong('lanes', 'lanes of different names', lanes.map(({ name }) => name).join(', '));
  for (const { name, labels: own } of known) {
    const found = lanes.find((lane) => lane.name === name);
    if (found?.labels.join('\t') !== own.join('\t'))
      throw wrong(`the labels of the lane ${name}`, own.join(', '), found?.labels.join(', '));
  }
  const trees = parseBoostedTrees(fields.trees);
  const features = lanes.reduce((sum, lane) => sum + lane.labels.length, 0);
  if (trees.features !== features)
    throw wrong('trees.features', `${features}, as the lanes have labels`, trees.features);
  if (trees.baseline.length !== labels.length)
    throw wrong('trees.baseline', `${labels.length} numbers, one a label`, trees.baseline);
  return { labels, lanes, trees };
}
