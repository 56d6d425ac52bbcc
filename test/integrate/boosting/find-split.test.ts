import { expect } from 'chai';
import fc from 'fast-check';
import { binned, MISSING } from '../../../src/integrate/boosting/bins.ts';
import { findSplit } from '../../../src/integrate/boosting/find-split.ts';
import { histogramOf, type Sums, subtract } from '../../../src/integrate/boosting/histogram.ts';

const COLUMNS = 2;

/** Rows of two features out of few values, some missing, with slopes as of a log loss. */
const cases = fc.array(
  fc.record({
    features: fc.tuple(fc.constantFrom(0, 1, 2, 3, Number.NaN), fc.constantFrom(0, 1, Number.NaN)),
    gradient: fc.integer({ min: -8, max: 8 }).map((value) => value / 8),
    curvature: fc.integer({ min: 1, max: 4 }).map((value) => value / 16),
  }),
  { minLength: 2, maxLength: 30 },
);
const rules = fc.record({ minRows: fc.integer({ min: 1, max: 4 }), l2: fc.constantFrom(0, 1) });

function fallOf(rows: readonly { readonly gradient: number; readonly curvature: number }[], l2: number): number {
  const sum = (part: 'gradient' | 'curvature') => rows.reduce((total, row) => total + row[part], 0);
  return sum('gradient') ** 2 / (sum('curvature') + l2 + 1e-15);
}

describe('findSplit', () => {
  it('finds the best of all questions that there are', () => {
    fc.assert(
      fc.property(cases, rules, (rows, { minRows, l2 }) => {
        const data = binned({ rows: rows.length, columns: COLUMNS, values: rows.flatMap(({ features }) => features) });
        const slopes = {
          gradient: Float64Array.from(rows, ({ gradient }) => gradient),
          curvature: Float64Array.from(rows, ({ curvature }) => curvature),
        };
        const total: Sums = {
          gradient: slopes.gradient.reduce((a, b) => a + b),
          curvature: slopes.curvature.reduce((a, b) => a + b),
          rows: rows.length,
        };
        const all = Uint32Array.from(rows.keys());
        const split = findSplit(data, histogramOf(data, slopes, all), total, { minRows, l2 });

        let best = 0;
        for (let feature = 0; feature < COLUMNS; feature++)
          for (let bin = 0; bin < 5; bin++)
            for (const missingLeft of [false, true]) {
              const isLeft = (row: number): boolean => {
                const own = data.columns[feature]?.[row] ?? 0;
                return own === MISSING ? missingLeft : own <= bin;
              };
              const left = rows.filter((_, row) => isLeft(row));
              const right = rows.filter((_, row) => !isLeft(row));
              if (left.length < minRows || right.length < minRows) continue;
              best = Math.max(best, fallOf(left, l2) + fallOf(right, l2) - fallOf(rows, l2));
            }
        expect(split?.gain ?? 0).to.be.closeTo(best, 1e-9);
        if (split) expect(split.left.rows + split.right.rows).to.equal(rows.length);
      }),
      { numRuns: 200 },
    );
  });
});

describe('subtract', () => {
  it('leaves the histogram of the rows that are not in the other', () => {
    const values = Array.from({ length: 40 }, (_, i) => (i * 7) % 11);
    const data = binned({ rows: 20, columns: 2, values });
    const slopes = {
      gradient: Float64Array.from({ length: 20 }, (_, row) => row / 4 - 2),
      curvature: Float64Array.from({ length: 20 }, (_, row) => 1 / (row + 1)),
    };
    const some = Uint32Array.of(0, 3, 4, 9, 19);
    const others = Uint32Array.from([...Array(20).keys()].filter((row) => !some.includes(row)));
    const all = Uint32Array.from({ length: 20 }, (_, row) => row);
    const rest = subtract(histogramOf(data, slopes, all), histogramOf(data, slopes, some));
    const expected = histogramOf(data, slopes, others);
    for (const [i, sum] of rest.entries()) expect(sum).to.be.closeTo(expected[i] ?? 0, 1e-12);
  });
});
