import { expect } from 'chai';
import fc from 'fast-check';
import { BitReader, BitWriter, packBits, unpackBits } from '../../../src/ensemble/codec/bits.ts';

const number = fc
  .integer({ min: 0, max: 32 })
  .chain((bits) => fc.record({ bits: fc.constant(bits), value: fc.integer({ min: 0, max: 2 ** bits - 1 }) }));

describe('BitWriter and BitReader', () => {
  it('give back any numbers of any lengths, in between any in unary', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(number, fc.nat(100))), (given) => {
        const writer = new BitWriter();
        for (const [{ value, bits }, unary] of given) {
          writer.write(value, bits);
          writer.writeUnary(unary);
        }
        const reader = new BitReader(writer.finish());
        for (const [{ value, bits }, unary] of given) {
          expect(reader.read(bits)).to.equal(value);
          expect(reader.readUnary()).to.equal(unary);
        }
        expect(reader.isDone).to.equal(true);
      }),
    );
  });

  it('write the highest bit first, and fill the last byte with zeros', () => {
    const writer = new BitWriter();
    writer.write(0b101, 3);
    writer.writeUnary(2);
    writer.write(0xabc, 12);
    expect([...writer.finish()]).to.deep.equal([0b101_110_10, 0b10101111, 0]);
  });

  it('refuse to read beyond the end', () => {
    const reader = new BitReader(Uint8Array.of(0xff));
    expect(() => reader.readUnary())
      .to.throw('ends after 1 bytes')
      .with.property('code', 'INVALID_ENSEMBLE');
  });

  it('know whether anything is left', () => {
    const reader = new BitReader(Uint8Array.of(0b1000_0001, 0));
    reader.read(2);
    expect(reader.isDone).to.equal(false);
    reader.read(6);
    expect(reader.isDone).to.equal(false); // a whole byte of zeros fills nothing
    reader.read(1);
    expect(reader.isDone).to.equal(true);
  });
});

describe('packBits', () => {
  it('comes back, also of odd lengths, in no more bytes than needed', () => {
    const numbers = fc
      .constantFrom(2, 3, 4)
      .chain((bits) => fc.record({ bits: fc.constant(bits), values: fc.uint8Array({ max: 2 ** bits - 1 }) }));
    fc.assert(
      fc.property(numbers, ({ bits, values }) => {
        const packed = packBits(values, bits);
        expect(packed).to.have.length(Math.ceil((values.length * bits) / 8));
        expect(unpackBits(packed, bits, values.length)).to.deep.equal(values);
      }),
    );
  });

  it('puts two numbers of 4 bits in a byte', () => {
    expect([...packBits(Uint8Array.of(1, 2, 15), 4)]).to.deep.equal([0x12, 0xf0]);
  });

  it('is refused if bytes are missing, or too many', () => {
    for (const size of [1, 3])
      expect(() => unpackBits(new Uint8Array(size), 4, 3))
        .to.throw(`3 numbers of 4 bits cannot have ${size} bytes`)
        .with.property('code', 'INVALID_ENSEMBLE');
  });
});
