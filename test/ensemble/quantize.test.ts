import { expect } from 'chai';
import fc from 'fast-check';
import {
  bitsOfLevels,
  PRECISIONS,
  packWeights,
  precisionOfLane,
  precisionsOf,
  unpackWeights,
} from '../../src/ensemble/quantize.ts';
import { decodeSafetensors, encodeSafetensors } from '../../src/ensemble/safetensors.ts';
import { seededRandom } from '../../src/subtasks/random.ts';

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

const LEVELLED = ['4-bit', '3-bit', '2-bit'] as const;

/** Numbers that are about normally distributed. */
function normal(size: number, seed: string): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: size }, () => Array.from({ length: 12 }, random).reduce((sum, x) => sum + x, -6));
}

function relativeError(given: Float32Array, read: Float32Array): number {
  const squares = given.reduce((sum, value) => sum + value ** 2, 0);
  return given.reduce((sum, value, i) => sum + (value - (read[i] ?? 0)) ** 2, 0) / squares;
}

describe('packWeights with few bits', () => {
  const read = (shape: readonly number[], data: Float32Array, precision: (typeof PRECISIONS)[number]) => {
    const stored = encodeSafetensors(packWeights(new Map([['m', { shape, data }]]), precision));
    return { bytes: stored.length, weight: unpackWeights(decodeSafetensors(stored)).get('m') };
  };

  it('loses no more of normal weights than the best quantizer of so many levels (Max 1960), though rows differ in size', () => {
    const data = normal(128 * 64, 'normal').map((value, i) => value * 10 ** (Math.floor(i / 64) % 5));
    for (const [precision, least] of [
      ['4-bit', 0.009497],
      ['3-bit', 0.03454],
      ['2-bit', 0.1175],
    ] as const) {
      const error = relativeError(data, read([128, 64], data, precision).weight?.data ?? new Float32Array());
      expect(error).to.be.within(least * 0.8, least * 1.05);
    }
  });

  it('takes so many bits, and 2 bytes a row', () => {
    const data = normal(100 * 99, 'odd'); // an odd number of columns, so that rows do not end with a byte
    for (const precision of LEVELLED) {
      const { bytes, weight } = read([100, 99], data, precision);
      expect(weight?.shape).to.deep.equal([100, 99]);
      expect(bytes).to.be.at.most(100 * 99 * ((bitsOfLevels(precision) ?? 0) / 8) + 200 + 500);
    }
  });

  it('reads finite values of the same shape, never larger than the largest, from any finite ones', () => {
    const extremes = fc.oneof(
      fc.float({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(0, -0, 3.4028234663852886e38, -3.4028234663852886e38, 1.401298464324817e-45),
    );
    const matrix = fc.array(extremes, { minLength: 16, maxLength: 16 }).map((row) => {
      const rows = Array.from({ length: 64 }, (_, i) =>
        i % 3 === 0 ? row.map(() => 0) : i % 3 === 1 ? row : [...row].reverse(),
      );
      return Float32Array.from(rows.flat());
    });
    fc.assert(
      fc.property(matrix, fc.constantFrom(...PRECISIONS), (data, precision) => {
        const { weight } = read([8, 8, 16], data, precision);
        expect(weight?.shape).to.deep.equal([8, 8, 16]);
        const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        for (const [i, value] of weight?.data.entries() ?? []) {
          if (!(Math.abs(value) <= largest * 1.01 + 1e-37)) expect.fail(`${data[i]} became ${value} in ${precision}`);
          if (Math.floor(i / 16) % 3 === 0 && value !== 0) expect.fail(`0 became ${value} in ${precision}`);
        }
      }),
    );
  });

  it('is exact where there are no more values than levels', () => {
    const data = Float32Array.from({ length: 2048 }, (_, i) => [-1, 0.5, 0.25, 2][i % 4] ?? 0);
    for (const precision of LEVELLED)
      for (const [i, value] of read([32, 64], data, precision).weight?.data.entries() ?? [])
        expect(value).to.be.closeTo(data[i] ?? 0, 2e-3);
  });

  it('rounds to 16 bits what they can hold', () => {
    const data = normal(2048, 'half');
    const { bytes, weight } = read([32, 64], data, 'f16');
    expect(bytes).to.be.at.most(2048 * 2 + 200);
    for (const [i, value] of weight?.data.entries() ?? []) expect(value).to.be.closeTo(data[i] ?? 0, 2 ** -9);
    data[5] = 1e6;
    expect(read([32, 64], data, 'f16').weight?.data).to.deep.equal(data);
  });

  const stored = packWeights(new Map([['m', { shape: [64, 16], data: normal(1024, 'stored') }]]), '4-bit');
  const damages: readonly (readonly [string, string, Parameters<typeof encodeSafetensors>[0]])[] = [
    ['no scales', '"m.scale"', new Map([...stored].filter(([name]) => name !== 'm.scale'))],
    ['no levels', '"m.levels"', new Map([...stored].filter(([name]) => name !== 'm.levels'))],
    ['no shape', '"m.shape"', new Map([...stored].filter(([name]) => name !== 'm.shape'))],
    [
      'a scale too few',
      '"m.scale"',
      new Map([...stored, ['m.scale', { dtype: 'F16', shape: [63], data: new Float32Array(63) }]]),
    ],
    [
      '5 levels',
      '"m.levels"',
      new Map([...stored, ['m.levels', { dtype: 'F32', shape: [5], data: new Float32Array(5) }]]),
    ],
    [
      'another shape',
      '1088 numbers of 4 bits',
      new Map([...stored, ['m.shape', { dtype: 'I32', shape: [2], data: Int32Array.of(64, 17) }]]),
    ],
    [
      'a negative shape',
      '"m.shape"',
      new Map([...stored, ['m.shape', { dtype: 'I32', shape: [2], data: Int32Array.of(-64, -16) }]]),
    ],
    [
      'a byte too few',
      '1024 numbers of 4 bits',
      new Map([...stored, ['m', { dtype: 'U8', shape: [511], data: new Uint8Array(511) }]]),
    ],
  ];
  for (const [what, message, tensors] of damages)
    it(`refuses ${what}, and names the tensor`, () => {
      expect(() => unpackWeights(tensors))
        .to.throw(message)
        .with.property('code', 'INVALID_ENSEMBLE');
    });

  it('refuses weights that are no numbers, or not as many as their shape says, and names them', () => {
    for (const [shape, data, message] of [
      [[2, 2], Float32Array.of(1, 2, 3), '4 values'],
      [[1], Float32Array.of(Number.NaN), 'finite values'],
      [[1], Float32Array.of(Number.NEGATIVE_INFINITY), 'finite values'],
    ] as const)
      expect(() => packWeights(new Map([['tech/conv', { shape, data }]]), '4-bit'))
        .to.throw(`\`weights.tech/conv\` to be ${message}`)
        .with.property('code', 'INVALID_ARGUMENT');
  });
});

describe('precisionsOf', () => {
  it('gives each kind its own', () => {
    expect(precisionsOf('4-bit')).to.deep.equal({ networks: '4-bit', ngrams: '4-bit' });
    const mixed = precisionsOf({ networks: 'f16', ngrams: new Map([['tech', '3-bit']]) });
    expect(mixed.networks).to.equal('f16');
    expect(precisionOfLane(mixed, 'tech')).to.equal('3-bit');
    expect(precisionOfLane(mixed, 'constructor')).to.equal('8-bit');
  });

  it('refuses what is none', () => {
    for (const given of [
      '"5-bit"',
      '""',
      '4',
      'null',
      '{ "networks": "4-bit" }',
      '{ "networks": 4, "ngrams": "4-bit" }',
    ])
      expect(() => precisionsOf(JSON.parse(given)))
        .to.throw('one of f32, f16, 8-bit')
        .with.property('code', 'INVALID_ARGUMENT');
  });
});
