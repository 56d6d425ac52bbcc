import { expect } from 'chai';
import fc from 'fast-check';
import { bestLevels, nearestLevel } from '../../../src/ensemble/codec/levels.ts';

type Points = readonly (readonly [point: number, mass: number])[];

function errorOf(points: Points, levels: Float64Array): number {
  return points.reduce(
    (sum, [point, mass]) => sum + mass * (point - (levels[nearestLevel(levels, point)] ?? 0)) ** 2,
    0,
  );
}

/** The least error of all ways to cut sorted points into runs. */
function leastError(points: Points, count: number): number {
  if (points.length === 0) return 0;
  if (count === 0) return Number.POSITIVE_INFINITY;
  return Math.min(
    ...points.map((_, i) => {
      const run = points.slice(0, i + 1);
      const mass = run.reduce((sum, [, m]) => sum + m, 0);
      const mean = run.reduce((sum, [point, m]) => sum + m * point, 0) / mass;
      return errorOf(run, Float64Array.of(mean)) + leastError(points.slice(i + 1), count - 1);
    }),
  );
}

const levelsOf = (points: Points, count: number) =>
  bestLevels(
    points.map(([point]) => point),
    points.map(([, mass]) => mass),
    count,
  );

const points = fc
  .uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 9 })
  .chain((all) =>
    fc
      .array(fc.integer({ min: 1, max: 9 }), { minLength: all.length, maxLength: all.length })
      .map((masses) => all.sort((a, b) => a - b).map((point, i) => [point, masses[i] ?? 1] as const)),
  );

describe('bestLevels', () => {
  it('has the least error of all levels there can be', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 4 }), (given, count) => {
        expect(errorOf(given, levelsOf(given, count))).to.be.closeTo(leastError(given, count), 1e-6);
      }),
    );
  });

  it('gives ascending levels, as many as were asked for', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 16 }), (given, count) => {
        const levels = levelsOf(given, count);
        expect(levels).to.have.length(count);
        expect([...levels]).to.deep.equal([...levels].sort((a, b) => a - b));
      }),
    );
  });

  it('is exact where there are no more points than levels, and 0 without points', () => {
    const given: Points = [
      [-3, 5],
      [0, 1],
      [7, 2],
    ];
    expect([...levelsOf(given, 4)]).to.deep.equal([-3, 0, 7, 7]);
    expect([...levelsOf([], 2)]).to.deep.equal([0, 0]);
  });
});

describe('nearestLevel', () => {
  it('is the one with the least distance', () => {
    const levels = fc
      .array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 16 })
      .map((all) => all.sort((a, b) => a - b));
    fc.assert(
      fc.property(levels, fc.double({ min: -20, max: 20, noNaN: true }), (given, value) => {
        const found = given[nearestLevel(given, value)] ?? Number.NaN;
        expect(Math.abs(found - value)).to.equal(Math.min(...given.map((level) => Math.abs(level - value))));
      }),
    );
  });
});
