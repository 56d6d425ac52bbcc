import { expect } from 'chai';
import fc from 'fast-check';
import { toScores } from '../../src/lanes/scores.ts';

describe('toScores', () => {
  const probability = fc.double({ min: 0, max: 1, noNaN: true });
  const value = fc.oneof(
    { weight: 8, arbitrary: probability },
    fc.double(),
    fc.constantFrom(Number.NaN, -1, 2, Number.POSITIVE_INFINITY),
  );
  const table = fc
    .integer({ min: 1, max: 4 })
    .chain((columns) =>
      fc
        .array(fc.array(value, { minLength: columns, maxLength: columns }), { maxLength: 12 })
        .map((rows) => ({ columns, rows })),
    );

  it('keeps rows of probabilities, and makes NaN of the others, whole', () => {
    fc.assert(
      fc.property(table, fc.boolean(), ({ columns, rows }, typed) => {
        const answer = typed ? Float32Array.from(rows.flat()) : rows.flat();
        const before = answer.slice();
        const expected = rows.flatMap((row) =>
          row.every((score) => score > -1e-4 && score < 1 + 1e-4) ? row : row.map(() => Number.NaN),
        );
        expect(toScores(answer, columns)).to.deep.equal(Float32Array.from(expected));
        expect(answer).to.deep.equal(before);
      }),
    );
  });

  it('copies only what is wrong', () => {
    const right = Float32Array.of(0, 1, 0.5);
    expect(toScores(right, 1)).to.equal(right);
    expect(toScores(Float32Array.of(0, 2), 1)).to.deep.equal(Float32Array.of(0, Number.NaN));
  });
});
