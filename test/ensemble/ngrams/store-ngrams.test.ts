import { expect } from 'chai';
import fc from 'fast-check';
import { encodeSet } from '../../../src/ensemble/codec/golomb.ts';
import { packNgrams, unpackNgrams } from '../../../src/ensemble/ngrams/store-ngrams.ts';
import type { Precision } from '../../../src/ensemble/quantize.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../../src/ensemble/safetensors.ts';
import { LockstepError } from '../../../src/errors.ts';
import { cutHash } from '../../../src/subtasks/ngrams/ngram-counter.ts';
import type { NgramsLane } from '../../../src/subtasks/ngrams/ngram-table.ts';
import { seededRandom } from '../../../src/subtasks/random.ts';

const LANE: NgramsLane = {
  config: { kind: 'ngrams', name: 'two', labels: ['a', 'b'], features: { words: [1, 1] } },
  tables: [
    { keys: Int32Array.of(-9, 4, 2 ** 31 - 1), weights: Int8Array.of(127, -127, 1), scale: 0.5, bias: -2 },
    { keys: new Int32Array(), weights: new Int8Array(), scale: 1, bias: 0.25 },
  ],
};

const bytes = (data: Uint8Array): StoredTensor => ({ dtype: 'U8', shape: [data.length], data });

describe('packNgrams', () => {
  it('comes back from a file as it was, beside other tensors', () => {
    const other: StoredTensor = { dtype: 'F32', shape: [1], data: Float32Array.of(3) };
    const file = decodeSafetensors(encodeSafetensors(new Map([...packNgrams([LANE]), ['other', other]])));
    const { lanes, rest } = unpackNgrams([LANE.config], file);
    expect(lanes).to.deep.equal([LANE]);
    expect([...rest]).to.deep.equal([['other', other]]);
  });

  const lanes = fc
    .record({
      hashBits: fc.constantFrom(8, 20, 24, 31, 32),
      keys: fc.uniqueArray(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { maxLength: 60 }),
      weights: fc.int8Array({ minLength: 60, maxLength: 60, min: -127 }),
    })
    .map(({ hashBits, keys, weights }): NgramsLane => {
      const sorted = Int32Array.from(new Set(keys.map((key) => cutHash(key, hashBits)))).sort();
      const config = { ...LANE.config, labels: ['a'], features: { words: [1, 1], hashBits } } as const;
      return { config, tables: [{ keys: sorted, weights: weights.slice(0, sorted.length), scale: 0.5, bias: 1 }] };
    });
  const throughFile = (lane: NgramsLane, precision: Precision) => {
    const file = encodeSafetensors(packNgrams([lane], precision));
    const [table] = unpackNgrams([lane.config], decodeSafetensors(file)).lanes[0]?.tables ?? [];
    return { bytes: file.length, table };
  };

  it('gives back hashes of any number of bits, and weights of 8 bits as they were', () => {
    fc.assert(
      fc.property(lanes, fc.constantFrom('f32', 'f16', '8-bit'), (lane, precision) => {
        expect(throughFile(lane, precision).table).to.deep.equal(lane.tables[0]);
      }),
    );
  });

  it('rounds weights to levels with fewer bits, in their order, and once only', () => {
    fc.assert(
      fc.property(lanes, fc.constantFrom('4-bit', '3-bit', '2-bit'), (lane, precision) => {
        const { table } = throughFile(lane, precision);
        const [given] = lane.tables;
        if (table === undefined || given === undefined) return expect.fail('no table');
        expect(table.keys).to.deep.equal(given.keys);
        expect(table.bias).to.equal(given.bias);
        expect(new Set(table.weights).size).to.be.at.most(2 ** Number(precision[0]));
        const order = Array.from(given.weights.keys()).sort(
          (a, b) => (given.weights[a] ?? 0) - (given.weights[b] ?? 0),
        );
        const rounded = order.map((at) => table.weights[at] ?? 0);
        expect(rounded).to.deep.equal([...rounded].sort((a, b) => a - b));
        const again = throughFile({ ...lane, tables: [table] }, precision).table;
        expect(again?.weights).to.deep.equal(table.weights);
        expect(again?.scale).to.equal(table.scale);
      }),
    );
  });

  it('is exact with few different weights', () => {
    const table = { keys: Int32Array.of(1, 2, 3), weights: Int8Array.of(-50, 100, 100), scale: 2, bias: 0 };
    const read = throughFile({ ...LANE, tables: [table, table] }, '2-bit').table;
    const values = Array.from(read?.weights ?? [], (weight) => weight * (read?.scale ?? 0));
    for (const [i, value] of [-100, 200, 200].entries()) expect(values[i]).to.be.closeTo(value, 1);
  });

  it('takes less than two bytes an n-gram with 4 bits and hashes of 24', () => {
    const random = seededRandom('keys');
    const keys = Int32Array.from(
      new Set(Array.from({ length: 40_000 }, () => 1 + Math.floor(random() * (2 ** 24 - 1)))),
    ).sort();
    const weights = Int8Array.from(keys, () => Math.floor(random() * 255) - 127);
    const config = { ...LANE.config, labels: ['a'], features: { words: [1, 1], hashBits: 24 } } as const;
    const lane: NgramsLane = { config, tables: [{ keys, weights, scale: 1, bias: 0 }] };
    expect(throughFile(lane, '4-bit').bytes / keys.length).to.be.below(1.85);
    expect(throughFile(lane, '8-bit').bytes / keys.length).to.be.below(2.35);
  });

  it('reads hashes that are stored as they are, as the first ensembles have them', () => {
    const tensors = new Map(packNgrams([LANE]));
    const keys = LANE.tables[0]?.keys ?? new Int32Array();
    tensors.set('two/0/keys', { dtype: 'I32', shape: [keys.length], data: keys });
    expect(unpackNgrams([LANE.config], tensors).lanes).to.deep.equal([LANE]);
  });

  const damages: readonly (readonly [string, string, StoredTensor | undefined])[] = [
    ['no keys', 'two/0/keys', undefined],
    ['keys that are weights', 'two/0/keys', { dtype: 'I8', shape: [1], data: Int8Array.of(1) }],
    ['keys out of order', 'two/0/keys', { dtype: 'I32', shape: [3], data: Int32Array.of(3, 2, 5) }],
    ['a key that is 0', 'two/0/keys', { dtype: 'I32', shape: [3], data: Int32Array.of(0, 2, 5) }],
    ['a set that is cut off', 'two/0/keys', { dtype: 'U8', shape: [6], data: Uint8Array.of(3, 0, 0, 0, 5, 1) }],
    ['a set with a hash of 0', 'two/0/keys', bytes(encodeSet([2 ** 31], 32))],
    ['weights that are no numbers', 'two/0/weights', { dtype: 'F32', shape: [3], data: Float32Array.of(1, 2, 3) }],
    ['too few weights', 'two/0/weights', { dtype: 'I8', shape: [2], data: Int8Array.of(1, 2) }],
    ['no bias', 'two/0/line', { dtype: 'F32', shape: [1], data: Float32Array.of(1) }],
    [
      'a bias without end',
      'two/1/line',
      { dtype: 'F32', shape: [2], data: Float32Array.of(1, Number.POSITIVE_INFINITY) },
    ],
  ];
  for (const [what, name, tensor] of damages)
    it(`refuses ${what}, and names the tensor`, () => {
      const tensors = new Map(packNgrams([LANE]));
      if (tensor) tensors.set(name, tensor);
      else tensors.delete(name);
      expect(() => unpackNgrams([LANE.config], tensors))
        .to.throw(LockstepError, `"${name}"`)
        .with.property('code', 'INVALID_ENSEMBLE');
    });

  const packed: readonly (readonly [string, string, StoredTensor | undefined])[] = [
    ['no levels', 'two/0/levels', undefined],
    ['5 levels', 'two/0/levels', { dtype: 'I8', shape: [5], data: new Int8Array(5) }],
    ['too few packed weights', 'two/0/weights', bytes(new Uint8Array(1))],
    ['too many packed weights', 'two/0/weights', bytes(new Uint8Array(3))],
  ];
  for (const [what, name, tensor] of packed)
    it(`refuses ${what}, and names the tensor`, () => {
      const tensors = new Map(packNgrams([LANE], '4-bit'));
      if (tensor) tensors.set(name, tensor);
      else tensors.delete(name);
      expect(() => unpackNgrams([LANE.config], tensors))
        .to.throw(LockstepError, `"${name}"`)
        .with.property('code', 'INVALID_ENSEMBLE');
    });
});
