import { expect } from 'chai';
import fc from 'fast-check';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../src/ensemble/safetensors.ts';

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
const tensor: fc.Arbitrary<StoredTensor> = shapes.chain((shape) => {
  const length = { minLength: sizeOf(shape), maxLength: sizeOf(shape) };
  return fc.oneof(
    fc.float32Array({ ...length, noNaN: true }).map((data): StoredTensor => ({ dtype: 'F32', shape, data })),
    fc.int32Array(length).map((data): StoredTensor => ({ dtype: 'I32', shape, data })),
    fc.int8Array(length).map((data): StoredTensor => ({ dtype: 'I8', shape, data })),
    fc.uint8Array(length).map((data): StoredTensor => ({ dtype: 'U8', shape, data })),
    fc
      .uint8Array(length)
      .map((bytes): StoredTensor => ({ dtype: 'F16', shape, data: Float32Array.from(bytes, (byte) => byte / 8 - 16) })),
  );
});
const tensors = fc
  .dictionary(fc.string({ minLength: 1 }), tensor, { maxKeys: 5, noNullPrototype: true })
  .map((entries) => new Map(Object.entries(entries).filter(([name]) => name !== '__proto__')));

const file = (header: unknown, data = new Uint8Array(0)): Uint8Array => {
  const json = typeof header === 'string' ? header : JSON.stringify(header);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(Buffer.byteLength(json)));
  return Buffer.concat([prefix, Buffer.from(json), data]);
};

describe('safetensors', () => {
  it('gives back what was written', () => {
    fc.assert(
      fc.property(tensors, (given) => {
        const read = decodeSafetensors(encodeSafetensors(given, { format: 'test' }));
        expect([...read.keys()]).to.have.members([...given.keys()]);
        for (const [name, value] of given) expect(read.get(name)).to.deep.equal(value);
      }),
    );
  });

  it('writes the format: length, padded header, aligned little-endian numbers', () => {
    const bytes = encodeSafetensors(
      new Map<string, StoredTensor>([
        ['small', { dtype: 'I8', shape: [3], data: Int8Array.of(-1, 0, 127) }],
        ['wide', { dtype: 'F32', shape: [1, 2], data: Float32Array.of(1, -2) }],
      ]),
    );
    const view = Buffer.from(bytes);
    const length = Number(view.readBigUInt64LE());
    expect((8 + length) % 8).to.equal(0);
    expect(JSON.parse(view.toString('utf8', 8, 8 + length))).to.deep.equal({
      wide: { dtype: 'F32', shape: [1, 2], data_offsets: [0, 8] },
      small: { dtype: 'I8', shape: [3], data_offsets: [8, 11] },
    });
    expect([...view.subarray(8 + length)]).to.deep.equal([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 255, 0, 127]);
  });

  it('rounds to 16 bits, in two bytes each', () => {
    const data = Float32Array.of(1 / 3, 1e6, -1e-9);
    const file = encodeSafetensors(new Map([['half', { dtype: 'F16', shape: [3], data }]]));
    expect([...file.subarray(-6)]).to.deep.equal([0x55, 0x35, 0x00, 0x7c, 0x00, 0x80]);
    expect([...(decodeSafetensors(file).get('half')?.data ?? [])]).to.deep.equal([0.333251953125, Infinity, -0]);
  });

  it('refuses a tensor whose numbers do not fit its shape, and the name that the format keeps for itself', () => {
    const data = Float32Array.of(1);
    expect(() => encodeSafetensors(new Map([['a', { dtype: 'F32', shape: [2], data }]]))).to.throw('to have 2 values');
    expect(() => encodeSafetensors(new Map([['__metadata__', { dtype: 'F32', shape: [1], data }]]))).to.throw('called');
  });

  const f32 = (begin: number, end: number, shape: unknown = [1]) => ({
    dtype: 'F32',
    shape,
    data_offsets: [begin, end],
  });
  const four = new Uint8Array(4);
  const broken: readonly (readonly [string, Uint8Array, string])[] = [
    ['nothing', new Uint8Array(0), 'it has 0 bytes'],
    ['a header beyond the file', file({}).subarray(0, 9), 'its header would have 2 bytes'],
    ['a header of absurd length', Buffer.alloc(16, 0xff), 'its header would have'],
    ['a header that is not JSON', file('{'), 'its header is not JSON'],
    ['a header that is no object', file([1]), 'its header is no object'],
    ['another type', file({ a: { dtype: 'F64', shape: [1], data_offsets: [0, 8] } }), 'of the type F64'],
    ['no entry', file({ a: null }), 'of the type undefined'],
    ['no shape', file({ a: { dtype: 'F32', data_offsets: [0, 4] } }, four), 'has no shape'],
    ['a negative shape', file({ a: f32(0, 4, [-1]) }, four), 'has no shape'],
    ['no offsets', file({ a: { dtype: 'F32', shape: [1] } }, four), 'has no offsets'],
    ['offsets that do not fit the shape', file({ a: f32(0, 4, [2]) }, four), 'cannot have 4 bytes'],
    ['a gap', file({ a: f32(4, 8) }, new Uint8Array(8)), 'begins at 4, not at 0'],
    ['an overlap', file({ a: f32(0, 4), b: f32(0, 4) }, four), 'begins at 0, not at 4'],
    ['numbers that are missing', file({ a: f32(0, 4) }), 'ends beyond the file'],
    ['numbers that belong to nothing', file({}, four), 'it has 4 bytes of numbers, the header speaks of 0'],
  ];
  for (const [what, bytes, message] of broken)
    it(`refuses ${what}`, () => {
      expect(() => decodeSafetensors(bytes))
        .to.throw(message)
        .with.property('code', 'INVALID_ENSEMBLE');
    });

  it('answers any bytes with tensors or INVALID_ENSEMBLE', () => {
    const whole = encodeSafetensors(new Map([['a', { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) }]]));
    const damaged = fc
      .tuple(fc.nat(whole.length - 1), fc.nat(255))
      .map(([at, byte]) => Uint8Array.from(whole, (old, index) => (index === at ? byte : old)));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), damaged), (bytes) => {
        try {
          expect(decodeSafetensors(bytes)).to.be.instanceOf(Map);
        } catch (error) {
          expect(error).to.include({ code: 'INVALID_ENSEMBLE' });
        }
      }),
      { numRuns: 500 },
    );
  });
});
