import { expect } from 'chai';
import fc from 'fast-check';
import { fromFloat16, LARGEST_FLOAT16, toFloat16 } from '../../../src/ensemble/codec/float16.ts';

describe('toFloat16', () => {
  it('gives back all 65,536 numbers that there are', () => {
    for (let bits = 0; bits < 2 ** 16; bits++) {
      const value = fromFloat16(bits);
      if (Number.isNaN(value)) expect(fromFloat16(toFloat16(value))).to.satisfy(Number.isNaN);
      else if (toFloat16(value) !== bits) expect.fail(`${bits} became ${toFloat16(value)}`);
    }
  });

  it('knows the numbers of the standard', () => {
    for (const [value, bits] of [
      [0, 0],
      [-0, 0x8000],
      [1, 0x3c00],
      [-2, 0xc000],
      [LARGEST_FLOAT16, 0x7bff],
      [2 ** -14, 0x0400],
      [2 ** -24, 0x0001],
      [1 / 3, 0x3555],
      [Number.POSITIVE_INFINITY, 0x7c00],
    ] as const)
      expect(toFloat16(value)).to.equal(bits);
  });

  it('rounds to the nearest, and halfway to the even one', () => {
    expect(toFloat16(2049)).to.equal(toFloat16(2048));
    expect(toFloat16(2051)).to.equal(toFloat16(2052));
    expect(toFloat16(2 ** -25)).to.equal(0);
    expect(toFloat16(1.5 * 2 ** -24)).to.equal(2);
    expect(toFloat16(65519)).to.equal(0x7bff);
    expect(toFloat16(65520)).to.equal(0x7c00);
    fc.assert(
      fc.property(fc.float({ min: -LARGEST_FLOAT16, max: LARGEST_FLOAT16, noNaN: true }), (value) => {
        const error = Math.abs(fromFloat16(toFloat16(value)) - value);
        expect(error).to.be.at.most(Math.max(Math.abs(value) * 2 ** -11, 2 ** -25));
      }),
    );
  });
});
