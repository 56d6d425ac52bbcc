import { expect } from 'chai';
import fc from 'fast-check';
import { cutOf, partitionOf, refined } from '../../src/decompose/graph-partition.ts';
import type { Graph } from '../../src/decompose/group-links.ts';
import { sizesOf } from '../../src/decompose/sizes.ts';
import { seededRandom } from '../../src/subtasks/random.ts';

/** A graph out of weights for all pairs of nodes. */
function graphOf(nodes: number, weightOf: (a: number, b: number) => number): Graph {
  const weights = Array.from({ length: nodes }, () => new Array<number>(nodes).fill(0));
  for (let a = 0; a < nodes; a++)
    for (let b = 0; b < a; b++) {
      const weight = weightOf(a, b);
      for (const [from, to] of [
        [a, b],
        [b, a],
      ] as const) {
        const line = weights[from];
        if (line) line[to] = weight;
      }
    }
  return weights;
}

function countsOf(groupOf: ArrayLike<number>, groups: number): number[] {
  return Array.from({ length: groups }, (_, group) => Array.from(groupOf).filter((own) => own === group).length);
}

const graphs = fc
  .tuple(fc.integer({ min: 1, max: 14 }), fc.integer())
  .map(([nodes, seed]) => {
    const random = seededRandom(`${seed}`);
    return graphOf(nodes, () => Math.floor(random() ** 3 * 20));
  })
  .chain((graph) => fc.tuple(fc.constant(graph), fc.integer({ min: 1, max: graph.length })));

describe('partitionOf', () => {
  it('puts every node in one group, with as many in each, give or take one; the same seed gives the same', () => {
    fc.assert(
      fc.property(graphs, fc.nat(), ([graph, groups], seed) => {
        const found = partitionOf(graph, groups, seed);
        expect(countsOf(found, groups).sort()).to.deep.equal(sizesOf(graph.length, groups).sort());
        expect(partitionOf(graph, groups, seed)).to.deep.equal(found);
      }),
      { numRuns: 60 },
    );
  });

  it('finds planted communities', () => {
    const community = (node: number): number => (node * 7) % 4;
    const random = seededRandom('planted');
    const graph = graphOf(32, (a, b) => random() * (community(a) === community(b) ? 10 : 3));
    const found = partitionOf(graph, 4, 1);
    for (let a = 0; a < 32; a++)
      for (let b = 0; b < a; b++)
        expect(found[a] === found[b], `${a} and ${b}`).to.equal(community(a) === community(b));
  });

  it('finds the best of all partitions of a small graph', () => {
    const random = seededRandom('small');
    const graph = graphOf(8, () => Math.floor(random() * 10));
    let least = Number.POSITIVE_INFINITY;
    for (let mask = 0; mask < 256; mask++) {
      const groupOf = Array.from({ length: 8 }, (_, node) => (mask >> node) & 1);
      if (countsOf(groupOf, 2)[0] === 4) least = Math.min(least, cutOf(graph, groupOf));
    }
    expect(cutOf(graph, partitionOf(graph, 2, 1))).to.equal(least);
  });
});

describe('refined', () => {
  it('never raises the cut, keeps sizes equal give or take one, and leaves its input as it is', () => {
    fc.assert(
      fc.property(graphs, fc.integer(), ([graph, groups], seed) => {
        const random = seededRandom(`${seed}`);
        const begin = Int32Array.from(graph, (_, node) => node % groups).sort(() => random() - 0.5);
        const before = begin.slice();
        const after = refined(graph, begin, groups);
        expect(begin).to.deep.equal(before);
        expect(cutOf(graph, after)).to.be.at.most(cutOf(graph, before) + 1e-9);
        expect(countsOf(after, groups).sort()).to.deep.equal(countsOf(before, groups).sort());
      }),
      { numRuns: 100 },
    );
  });

  it('goes through a worse partition to a better one', () => {
    // Two pairs must change places together: either exchange alone makes the cut larger.
    const strong = new Set(['1-0', '3-2', '5-4', '7-6']);
    const graph = graphOf(8, (a, b) =>
      strong.has(`${a}-${b}`) ? 10 : Math.floor(a / 4) === Math.floor(b / 4) ? 3 : 0,
    );
    const begin = Int32Array.of(0, 0, 1, 1, 0, 0, 1, 1);
    expect(cutOf(graph, refined(graph, begin, 2))).to.equal(0);
  });
});
