import { expect } from 'chai';
import fc from 'fast-check';
import type { Ensemble } from '../../src/ensemble/types.ts';
import { fitEarlyBranch, fitMargin } from '../../src/evaluate/fit-early-branch.ts';
import { words } from '../../src/language/tokenizers.ts';
import { Vocabulary } from '../../src/language/vocabulary.ts';
import type { Subtask } from '../../src/subtasks/subtask.ts';
import { codeOf } from '../subtasks/toy.ts';

/** Says what stands in the text: `0.9 0.2` are the probabilities of `a` by the cheap and by the costly lane. */
function ensemble(costs: readonly (number | undefined)[] = [undefined, 5]): Ensemble {
  const subtasks = costs.map(
    (cost, place): Subtask<{ readonly text: string }> => ({
      name: `lane${place}`,
      labels: ['a', 'b'],
      cost,
      score: (documents) =>
        documents.flatMap(({ text }) => {
          const probability = Number(text.split(' ')[place]);
          return [probability, 1 - probability];
        }),
    }),
  );
  return {
    name: 'toy',
    labels: ['a', 'b'],
    displayNames: {},
    tokenizer: words(),
    tokenizerConfig: { kind: 'words' },
    vocabulary: new Vocabulary([]),
    subtasks,
    weights: { lane1: 20 },
    bias: {},
    backend: 'none',
    close: async () => {},
  };
}

describe('fitEarlyBranch', () => {
  const rows = [
    { text: '0.99 0.4', label: 'a' }, // right without the costly lane only
    { text: '0.95 0.6', label: 'a' },
    { text: '0.8 0.1', label: 'b' }, // right with it only
    { text: '0.6 0.9', label: 'a' },
  ];

  it('finds the smallest margin that costs nothing', async () => {
    const { margin, skipped, accuracy, curve } = await fitEarlyBranch(ensemble(), rows);
    // Skipping the first gains a row, so that the third may be lost again.
    expect(margin).to.be.closeTo(2 * Math.log(0.6 / 0.4), 1e-4);
    expect({ skipped, accuracy }).to.deep.equal({ skipped: 1, accuracy: 0.75 });
    expect(curve.map((point) => [point.skipped, point.accuracy])).to.deep.equal([
      [0, 0.75],
      [0.25, 1],
      [0.5, 1],
      [0.75, 0.75],
      [1, 0.75],
    ]);
  });

  it('refuses to fit to no rows, or an ensemble that has nothing to skip or nothing to go by', async () => {
    expect(await codeOf(() => fitEarlyBranch(ensemble(), []))).to.equal('INVALID_DATA');
    expect(await codeOf(() => fitEarlyBranch(ensemble([undefined, undefined]), rows))).to.equal('INVALID_DATA');
    expect(await codeOf(() => fitEarlyBranch(ensemble([1, 2]), rows))).to.equal('INVALID_DATA');
    expect(await codeOf(() => fitEarlyBranch(ensemble(), rows, { loss: 2 }))).to.equal('INVALID_ARGUMENT');
  });
});

describe('fitMargin', () => {
  const branch = fc.record({ margin: fc.integer({ min: 0, max: 9 }), early: fc.boolean(), late: fc.boolean() });

  it('loses no more than it may, at the margin and above it, and could not skip more', () => {
    fc.assert(
      fc.property(
        fc.array(branch, { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        (branches, loss) => {
          const accuracyAt = (least: number): number =>
            branches.filter(({ margin, early, late }) => (margin >= least ? early : late)).length / branches.length;
          const full = accuracyAt(Number.POSITIVE_INFINITY);
          const { margin, skipped, accuracy } = fitMargin(branches, loss);
          expect(accuracy).to.be.closeTo(accuracyAt(margin), 1e-12);
          expect(skipped).to.equal(branches.filter((each) => each.margin >= margin).length / branches.length);
          const allowed = (least: number): boolean =>
            Math.round((full - accuracyAt(least)) * branches.length) <= loss * branches.length;
          const margins = [...new Set(branches.map((each) => each.margin))].sort((a, b) => b - a);
          const expected = margins.slice(0, margins.findIndex((least) => !allowed(least)) >>> 0);
          expect(margin).to.equal(expected.at(-1) ?? Number.POSITIVE_INFINITY);
        },
      ),
    );
  });
});
