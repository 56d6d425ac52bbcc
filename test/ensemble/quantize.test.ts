import { expect } from 'chai';
import fc from 'fast-check';
import { packWeights, unpackWeights } from '../../src/ensemble/quantize.ts';

const ROWS = 64;
const COLUMNS = 16; // 1,024 values: just large enough to be stored in 8 bits
const matrix = fc
  .float32Array({ minLength: ROWS * COLUMNS, maxLength: ROWS * COLUMNS, noNaN: true, min: -1000, max: 1000 })
  .map((data) => new Map([['m', { shape: [ROWS, COLUMNS], data }]]));

describe('packWeights', () => {
  it('is off by at most half a 127th of the largest value of the row', () => {
    fc.assert(
      fc.property(matrix, (weights) => {
        const data = weights.get('m')?.data ?? new Float32Array();
        const read = unpackWeights(packWeights(weights, '8-bit')).get('m');
        expect(read?.shape).to.deep.equal([ROWS, COLUMNS]);
        for (let row = 0; row < ROWS; row++) {
          const cells = data.subarray(row * COLUMNS, (row + 1) * COLUMNS);
          const largest = Math.max(...cells.map(Math.abs));
          // The scale itself is rounded to 32 bits, hence a little more.
          for (const [column, value] of cells.entries())
            expect(Math.abs(value - (read?.data[row * COLUMNS + column] ?? Number.NaN))).to.be.at.most(
              (largest / 127) * 0.5001 + 1e-37,
            );
        }
      }),
      { numRuns: 30 },
    );
  });

  it('changes nothing more when it is packed again', () => {
    fc.assert(
      fc.property(matrix, (weights) => {
        const once = packWeights(weights, '8-bit').get('m');
        const twice = packWeights(unpackWeights(packWeights(weights, '8-bit')), '8-bit').get('m');
        expect(twice).to.deep.equal(once);
      }),
      { numRuns: 30 },
    );
  });

  it('keeps vectors, small matrices and, when asked, everything as it is', () => {
    const vector = { shape: [2000], data: new Float32Array(2000).fill(1 / 3) };
    const small = { shape: [10, 10], data: new Float32Array(100).fill(1 / 3) };
    const large = { shape: [2, 1000], data: new Float32Array(2000).fill(1 / 3) };
    const weights = new Map([
      ['vector', vector],
      ['small', small],
      ['large', large],
    ]);
    expect([...packWeights(weights, '8-bit').keys()]).to.deep.equal(['vector', 'small', 'large', 'large.scale']);
    expect(unpackWeights(packWeights(weights, 'f32'))).to.deep.equal(weights);
  });

  it('keeps rows of zeros', () => {
    const data = new Float32Array(ROWS * COLUMNS);
    const weights = new Map([['m', { shape: [ROWS, COLUMNS], data }]]);
    expect(unpackWeights(packWeights(weights, '8-bit'))).to.deep.equal(weights);
  });

  it('refuses 8 bits without scales, or with too few', () => {
    const stored = packWeights(new Map([['m', { shape: [64, 16], data: new Float32Array(1024).fill(1) }]]), '8-bit');
    const without = new Map([...stored].filter(([name]) => name === 'm'));
    expect(() => unpackWeights(without))
      .to.throw('"m.scale"')
      .with.property('code', 'INVALID_ENSEMBLE');
    const few = new Map([...without, ['m.scale', { dtype: 'F32', shape: [1], data: Float32Array.of(1) }] as const]);
    expect(() => unpackWeights(few))
      .to.throw('"m.scale"')
      .with.property('code', 'INVALID_ENSEMBLE');
  });
});
