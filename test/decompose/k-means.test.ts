import { expect } from 'chai';
import fc from 'fast-check';
import { balancedKMeans } from '../../src/decompose/k-means.ts';
import { sizesOf } from '../../src/decompose/sizes.ts';
import { seededNormal } from '../../src/subtasks/random.ts';

const vectors = fc
  .array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 20 })
  .map((rows) => rows.map((row) => Float64Array.from(row)));

function countsOf(groupOf: Int32Array, groups: number): number[] {
  return Array.from({ length: groups }, (_, group) => groupOf.filter((own) => own === group).length);
}

describe('balancedKMeans', () => {
  it('puts every vector in one group, as many in each, give or take one; the same seed gives the same', () => {
    fc.assert(
      fc.property(
        vectors.chain((given) => fc.tuple(fc.constant(given), fc.integer({ min: 1, max: given.length }))),
        fc.nat(),
        ([given, groups], seed) => {
          const found = balancedKMeans(given, groups, seed);
          expect(countsOf(found, groups).sort()).to.deep.equal(sizesOf(given.length, groups).sort());
          expect(balancedKMeans(given, groups, seed)).to.deep.equal(found);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('finds planted clusters', () => {
    const normal = seededNormal('planted');
    const cluster = (i: number): number => (i * 5) % 4;
    const given = Array.from({ length: 24 }, (_, i) =>
      Float64Array.from({ length: 6 }, (_, axis) => normal() + (axis === cluster(i) ? 12 : 0)),
    );
    const found = balancedKMeans(given, 4, 1);
    for (let a = 0; a < 24; a++)
      for (let b = 0; b < a; b++) expect(found[a] === found[b], `${a} and ${b}`).to.equal(cluster(a) === cluster(b));
  });

  it('keeps groups equal where clusters are not', () => {
    const given = [0, 0.1, 0.2, 0.3, 0.4, 9].map((x) => Float64Array.of(x));
    const found = balancedKMeans(given, 2, 1);
    expect(countsOf(found, 2)).to.deep.equal([3, 3]);
    expect([found[3], found[4]]).to.deep.equal([found[5], found[5]]);
  });
});
