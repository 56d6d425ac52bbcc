import { expect } from 'chai';
import { LockstepError } from '../../../src/errors.ts';
import { parseBoostedTrees } from '../../../src/integrate/boosting/boosted-trees.ts';
import {
  type BoostingOptions,
  type BoostingSample,
  fitBoosting,
} from '../../../src/integrate/boosting/fit-boosting.ts';
import { seededNormal } from '../../../src/subtasks/random.ts';

const ROWS = 90;

/** The rows of which scikit-learn's probabilities are known. */
function waves(): BoostingSample {
  const truth = Array.from({ length: ROWS }, (_, row) => row % 3);
  const values = truth.flatMap((label, row) => [
    Math.sin(row * 1.3) + (label === 0 ? 1 : 0),
    row % 7 === 3 ? Number.NaN : Math.cos(row * 0.7) + (label === 1 ? 1.5 : 0),
    row % 11 === 5 ? Number.NaN : Math.sin(row * 2.1) * 2 - (label === 2 ? 1 : 0),
  ]);
  return { rows: ROWS, columns: 3, labels: 3, values, truth };
}
const SOME: BoostingOptions = { rounds: 12, learningRate: 0.3, maxLeaves: 5, maxDepth: 3, minRows: 8, l2: 0.5 };

/** Two classes in the corners of a square, so that neither feature alone tells anything. */
function corners(rows: number, seed: string): BoostingSample {
  const normal = seededNormal(seed);
  const truth = Array.from({ length: rows }, (_, row) => row % 2);
  const values = truth.flatMap((label, row) => {
    const side = row % 4 < 2 ? 1 : -1;
    return [side + 0.3 * normal(), (label === 0 ? side : -side) + 0.3 * normal()];
  });
  return { rows, columns: 2, labels: 2, values, truth };
}

function lossOf(probabilities: Float64Array, { truth, labels, rows }: BoostingSample): number {
  let loss = 0;
  for (let row = 0; row < rows; row++) loss -= Math.log(probabilities[row * labels + (truth[row] ?? 0)] ?? 0);
  return loss / rows;
}

describe('fitBoosting', () => {
  it('gives the probabilities of scikit-learn, missing values included', () => {
    const { trees } = fitBoosting(waves(), SOME);
    const probabilities = trees.probabilities([
      0.2,
      1.1,
      -0.4,
      1.5,
      -0.5,
      Number.NaN,
      -0.9,
      Number.NaN,
      -2.2,
      0.1,
      0,
      0.3,
    ]);
    // HistGradientBoostingClassifier(max_iter=12, learning_rate=0.3, max_leaf_nodes=5, max_depth=3, min_samples_leaf=8,
    // l2_regularization=0.5, early_stopping=False) of scikit-learn.
    const expected = [
      [0.979867802, 0.00838622, 0.011745978],
      [0.917744156, 0.053951338, 0.028304506],
      [0.003485195, 0.001495879, 0.995018926],
      [0.985548239, 0.005491546, 0.008960215],
    ].flat();
    for (const [i, p] of expected.entries()) expect(probabilities[i]).to.be.closeTo(p, 1e-7);
  });

  it('learns what no weighted vote can: a label that two features tell only together', () => {
    const { trees } = fitBoosting(corners(400, 'fit'), { rounds: 30, minRows: 5 });
    const test = corners(200, 'test');
    const probabilities = trees.probabilities(test.values);
    const right = Array.from(test.truth).filter((label, row) => (probabilities[row * 2 + label] ?? 0) > 0.5);
    expect(right.length).to.be.above(190);
  });

  it('lowers the loss round by round on its own rows, and tells that on others', () => {
    const sample = waves();
    const held = corners(100, 'held');
    const { heldBackLosses } = fitBoosting(sample, { ...SOME, heldBack: sample });
    for (const [round, loss] of heldBackLosses.entries())
      expect(loss).to.be.below(heldBackLosses[round - 1] ?? Math.log(3) + 1e-9);
    const { trees, heldBackLosses: ofOthers } = fitBoosting(corners(200, 'a'), { rounds: 7, heldBack: held });
    expect(ofOthers).to.have.length(7);
    expect(ofOthers.at(-1)).to.be.closeTo(lossOf(trees.probabilities(held.values), held), 1e-9);
  });

  it('has no chance in it, and looks at the order of values only', () => {
    const sample = waves();
    const first = fitBoosting(sample, SOME).trees;
    expect(JSON.stringify(fitBoosting(sample, SOME).trees)).to.equal(JSON.stringify(first));
    const stretched = { ...sample, values: Array.from(sample.values, (value) => Math.exp(value * 2)) };
    const other = fitBoosting(stretched, SOME).trees;
    const [own, of] = [first.probabilities(sample.values), other.probabilities(stretched.values)];
    for (const [i, p] of own.entries()) expect(of[i]).to.be.closeTo(p, 1e-12);
  });

  it('gives the shares of the labels where there is nothing to learn, or no round', () => {
    const constant = {
      rows: 40,
      columns: 1,
      labels: 3,
      values: new Float64Array(40),
      truth: Array.from({ length: 40 }, (_, i) => (i < 30 ? 0 : 1)),
    };
    for (const rounds of [0, 5]) {
      const probabilities = fitBoosting(constant, { rounds, minRows: 1 }).trees.probabilities([0]);
      expect(probabilities[0]).to.be.closeTo(0.75, 0.02);
      expect(probabilities[2]).to.be.within(0, 0.02);
    }
  });

  it('refuses samples whose sizes do not fit, and options out of range', () => {
    const sample = waves();
    for (const [wrong, name] of [
      [{ ...sample, values: [1] }, 'sample.values'],
      [{ ...sample, truth: [1] }, 'sample.truth'],
      [{ ...sample, labels: 1 }, 'sample.labels'],
      [{ rows: 0, columns: 1, labels: 2, values: [], truth: [] }, 'sample.rows'],
    ] as const)
      expect(() => fitBoosting(wrong)).to.throw(LockstepError, name);
    for (const [name, values] of Object.entries({
      rounds: [-1, 0.5],
      learningRate: [0, 1.5, Number.NaN],
      maxLeaves: [1],
      maxDepth: [0],
      minRows: [0],
      l2: [-1, Number.POSITIVE_INFINITY],
      maxBins: [1, 256],
    }))
      for (const value of values)
        expect(() => fitBoosting(sample, { [name]: value }), name).to.throw(LockstepError, name);
  });
});

describe('parseBoostedTrees', () => {
  const { trees } = fitBoosting(waves(), SOME);
  const json = (): Record<string, unknown> => JSON.parse(JSON.stringify(trees));

  it('reads what was written', () => {
    const { values } = waves();
    expect(parseBoostedTrees(json()).probabilities(values)).to.deep.equal(trees.probabilities(values));
  });

  it('refuses what is damaged, or would never end', () => {
    for (const [wrong, message] of [
      [null, 'boosted trees'],
      [{ ...json(), baseline: [0] }, 'baseline'],
      [{ ...json(), baseline: ['0', 1] }, 'baseline'],
      [{ ...json(), features: 0 }, 'features'],
      [{ ...json(), rounds: {} }, 'rounds'],
      [{ ...json(), rounds: [[[1]]] }, 'rounds[0]'],
      [{ ...json(), rounds: [[[1], [1], []]] }, 'rounds[0][2]'],
      [{ ...json(), rounds: [[[1], [1], [null]]] }, 'rounds[0][2][0]'],
      [{ ...json(), rounds: [[[1], [1], [[0, 0, 0, 0, 0]]]] }, 'rounds[0][2][0]'],
      [{ ...json(), rounds: [[[1], [1], [[0, 0, 0, 1, 3], 1, 2]]] }, 'rounds[0][2][0]'],
      [{ ...json(), rounds: [[[1], [1], [[3, 0, 0, 1, 2], 1, 2]]] }, 'rounds[0][2][0]'],
      [{ ...json(), rounds: [[[1], [1], [[0, 0, 2, 1, 2], 1, 2]]] }, 'rounds[0][2][0]'],
    ] as const)
      expect(() => parseBoostedTrees(wrong), message)
        .to.throw(LockstepError, message)
        .with.property('code', 'INVALID_ENSEMBLE');
  });
});
