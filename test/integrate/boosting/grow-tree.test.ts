import { expect } from 'chai';
import fc from 'fast-check';
import { binned } from '../../../src/integrate/boosting/bins.ts';
import { growTree } from '../../../src/integrate/boosting/grow-tree.ts';
import { Tree, type TreeNode } from '../../../src/integrate/boosting/tree.ts';

const value = fc.oneof(fc.double({ min: -5, max: 5, noNaN: true }), fc.constant(Number.NaN));
const rowsOf = fc.array(fc.tuple(value, value, fc.integer({ min: -8, max: 8 })), { minLength: 1, maxLength: 60 });
const rules = fc.record({
  minRows: fc.integer({ min: 1, max: 5 }),
  l2: fc.constantFrom(0, 1),
  maxLeaves: fc.integer({ min: 2, max: 6 }),
  maxDepth: fc.integer({ min: 1, max: 3 }),
  learningRate: fc.constantFrom(0.1, 1),
});

function depthOf(nodes: readonly TreeNode[], at = 0): number {
  const node = nodes[at] ?? 0;
  return typeof node === 'number' ? 0 : 1 + Math.max(depthOf(nodes, node[3]), depthOf(nodes, node[4]));
}

describe('growTree', () => {
  it('grows a tree within the rules, which says of the rows what it was fitted to', () => {
    fc.assert(
      fc.property(rowsOf, rules, (rows, given) => {
        const values = rows.flatMap((row) => row.slice(0, 2));
        const gradient = Float64Array.from(rows, ([, , slope]) => slope / 8);
        const curvature = new Float64Array(rows.length).fill(0.25);
        const { tree, values: said } = growTree(
          binned({ rows: rows.length, columns: 2, values }),
          { gradient, curvature },
          given,
        );
        const leaves = tree.nodes.filter((node) => typeof node === 'number');
        expect(leaves.length).to.be.at.most(given.maxLeaves);
        expect(depthOf(tree.nodes)).to.be.at.most(given.maxDepth);
        const reached = new Map<number, number>();
        for (const row of rows.keys()) {
          const own = tree.valueOf(values, row * 2);
          expect(own).to.equal(said[row]);
          reached.set(own, (reached.get(own) ?? 0) + 1);
        }
        if (leaves.length > 1) for (const count of reached.values()) expect(count).to.be.at.least(given.minRows);
        // To the second order the loss does not rise.
        const change = Array.from(said, (step, row) => (gradient[row] ?? 0) * step + (0.25 * step * step) / 2);
        expect(change.reduce((a, b) => a + b)).to.be.at.most(1e-12);
      }),
    );
  });

  it('sends rows without a value, of which it knew none, where most went', () => {
    const data = binned({ rows: 5, columns: 1, values: [1, 2, 3, 4, 9] });
    const slopes = { gradient: Float64Array.of(1, 1, 1, 1, -4), curvature: new Float64Array(5).fill(1) };
    const { tree } = growTree(data, slopes, { minRows: 1, l2: 0, maxLeaves: 2, maxDepth: 1, learningRate: 1 });
    expect(tree.nodes[0]).to.deep.equal([0, 6.5, 1, 1, 2]);
    expect(tree.valueOf([Number.NaN], 0)).to.be.closeTo(-1, 1e-9);
    expect(tree.valueOf([9], 0)).to.be.closeTo(4, 1e-9);
  });
});

describe('Tree', () => {
  it('asks from the first node on; at most goes left', () => {
    const tree = new Tree([[1, 0.5, 0, 1, 2], 10, [0, -1, 1, 3, 4], 20, 30]);
    const said = (a: number, b: number) => tree.valueOf([99, a, b], 1);
    expect([said(0, 0.5), said(-1, 0.6), said(0, 0.6), said(Number.NaN, Number.NaN)]).to.deep.equal([10, 20, 30, 20]);
    expect(JSON.parse(JSON.stringify(tree))).to.deep.equal(tree.nodes);
    expect(new Tree([7]).valueOf([], 0)).to.equal(7);
  });
});
