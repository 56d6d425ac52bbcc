import { expect } from 'chai';
import fc from 'fast-check';
import { decodeSet, encodeSet } from '../../../src/ensemble/codec/golomb.ts';
import { LockstepError } from '../../../src/errors.ts';
import { seededRandom } from '../../../src/subtasks/random.ts';

const sets = fc.integer({ min: 1, max: 32 }).chain((bits) =>
  fc.record({
    bits: fc.constant(bits),
    values: fc
      .uniqueArray(fc.integer({ min: 0, max: 2 ** bits - 1 }), { maxLength: 200 })
      .map((all) => all.sort((a, b) => a - b)),
  }),
);

describe('encodeSet', () => {
  it('gives back any set', () => {
    fc.assert(
      fc.property(sets, ({ bits, values }) => {
        expect([...decodeSet(encodeSet(values, bits), bits)]).to.deep.equal(values);
      }),
    );
  });

  it('gives back what is extreme: all numbers, the first, the last, none', () => {
    for (const values of [Array.from({ length: 256 }, (_, i) => i), [0], [255], []])
      expect([...decodeSet(encodeSet(values, 8), 8)]).to.deep.equal(values);
    expect([...decodeSet(encodeSet([0, 2 ** 32 - 1], 32), 32)]).to.deep.equal([0, 2 ** 32 - 1]);
  });

  it('takes about log2(range / size) + 1.5 bits a number drawn by chance', () => {
    const random = seededRandom('golomb');
    for (const [size, bits] of [
      [40_000, 24],
      [40_000, 32],
      [1000, 16],
    ] as const) {
      const values = new Set<number>();
      while (values.size < size) values.add(Math.floor(random() * 2 ** bits));
      const sorted = Uint32Array.from(values).sort();
      const each = (encodeSet(sorted, bits).length * 8) / size;
      expect(each).to.be.within(bits - Math.log2(size) + 1.4, bits - Math.log2(size) + 1.65);
    }
  });

  it('refuses what is not ascending, not whole or too large', () => {
    for (const values of [[2, 1], [1, 1], [-1], [0.5], [256], [Number.NaN]])
      expect(() => encodeSet(values, 8))
        .to.throw(LockstepError, 'sorted[')
        .with.property('code', 'INVALID_ARGUMENT');
  });

  it('answers any bytes with a set or INVALID_ENSEMBLE, in short time', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 32 }), (bytes, bits) => {
        try {
          const values = [...decodeSet(bytes, bits)];
          expect(values.every((value, i) => value < 2 ** bits && (i === 0 || value > (values[i - 1] ?? 0)))).to.equal(
            true,
          );
        } catch (error) {
          expect(error).to.be.instanceOf(LockstepError).and.include({ code: 'INVALID_ENSEMBLE' });
        }
      }),
      { numRuns: 1000 },
    );
  });

  const whole = encodeSet([3, 70, 200], 8);
  const damages: readonly (readonly [string, Uint8Array, string])[] = [
    ['nothing', new Uint8Array(), 'it has 0 bytes'],
    ['a part', whole.subarray(0, -1), 'cannot hold 3 numbers'],
    ['more than the set', Buffer.concat([whole, Buffer.of(0)]), 'more follows'],
    ['gaps longer than the range', Uint8Array.of(1, 0, 0, 0, 9, 0, 0), 'gaps would have 9 bits'],
    ['a number beyond the range', Uint8Array.of(1, 0, 0, 0, 7, 0b1110_0000, 0, 0), 'not below 2^8'],
    ['more numbers than bytes', Uint8Array.of(255, 255, 255, 255, 0, 0), 'cannot hold 4294967295 numbers'],
  ];
  for (const [what, bytes, why] of damages)
    it(`refuses ${what}`, () => {
      expect(() => decodeSet(bytes, 8))
        .to.throw(why)
        .with.property('code', 'INVALID_ENSEMBLE');
    });
});
