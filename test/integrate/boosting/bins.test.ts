import { expect } from 'chai';
import fc from 'fast-check';
import { binned, MISSING } from '../../../src/integrate/boosting/bins.ts';

const value = fc.oneof(fc.double({ min: -20, max: 20, noNaN: true }), fc.constantFrom(0, 1, Number.NaN));

describe('binned', () => {
  it('keeps the order of values, equal ones together, and says which rows have none', () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 400 }),
        fc.integer({ min: 2, max: 255 }),
        (values, maxBins) => {
          const { columns, bounds, hasMissing } = binned({ rows: values.length, columns: 1, values }, maxBins);
          const [bins = new Uint8Array()] = columns;
          const count = (bounds[0]?.length ?? 0) + 1;
          expect(count).to.be.at.most(maxBins);
          expect(hasMissing[0]).to.equal(values.some(Number.isNaN));
          for (const row of values.keys()) expect(bins[row] === MISSING).to.equal(Number.isNaN(values[row]));
          const present = Array.from(values.keys())
            .filter((row) => !Number.isNaN(values[row]))
            .sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
          for (const [i, row] of present.entries()) {
            const before = present[i - 1] ?? row;
            expect(bins[row]).to.be.within(bins[before] ?? 0, count - 1);
            if (values[before] === values[row]) expect(bins[row]).to.equal(bins[before]);
          }
        },
      ),
    );
  });

  it('gives each of few values a bin, with bounds halfway between', () => {
    const { columns, bounds } = binned({ rows: 4, columns: 2, values: [3, 7, 1, 7, 3, 7, 2, 7] });
    expect(Array.from(columns[0] ?? [])).to.deep.equal([2, 0, 2, 1]);
    expect(Array.from(bounds[0] ?? [])).to.deep.equal([1.5, 2.5]);
    expect([Array.from(columns[1] ?? []), bounds[1]?.length]).to.deep.equal([[0, 0, 0, 0], 0]);
  });

  it('puts about as many rows into each of many bins', () => {
    const values = Array.from({ length: 1000 }, (_, i) => Math.exp(i / 100));
    const { columns } = binned({ rows: 1000, columns: 1, values }, 10);
    const counts = new Array<number>(10).fill(0);
    for (const bin of columns[0] ?? []) counts[bin] = (counts[bin] ?? 0) + 1;
    for (const count of counts) expect(count).to.be.within(99, 101);
  });
});
