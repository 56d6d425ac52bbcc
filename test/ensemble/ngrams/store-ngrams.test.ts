import { expect } from 'chai';
import { packNgrams, unpackNgrams } from '../../../src/ensemble/ngrams/store-ngrams.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../../src/ensemble/safetensors.ts';
import { LockstepError } from '../../../src/errors.ts';
import type { NgramsLane } from '../../../src/subtasks/ngrams/ngram-table.ts';

const LANE: NgramsLane = {
  config: { kind: 'ngrams', name: 'two', labels: ['a', 'b'], features: { words: [1, 1] } },
  tables: [
    { keys: Int32Array.of(-9, 4, 2 ** 31 - 1), weights: Int8Array.of(127, -127, 1), scale: 0.5, bias: -2 },
    { keys: new Int32Array(), weights: new Int8Array(), scale: 1, bias: 0.25 },
  ],
};

describe('packNgrams', () => {
  it('comes back from a file as it was, beside other tensors', () => {
    const other: StoredTensor = { dtype: 'F32', shape: [1], data: Float32Array.of(3) };
    const file = decodeSafetensors(encodeSafetensors(new Map([...packNgrams([LANE]), ['other', other]])));
    const { lanes, rest } = unpackNgrams([LANE.config], file);
    expect(lanes).to.deep.equal([LANE]);
    expect([...rest]).to.deep.equal([['other', other]]);
  });

  const damages: readonly (readonly [string, string, StoredTensor | undefined])[] = [
    ['no keys', 'two/0/keys', undefined],
    ['keys that are weights', 'two/0/keys', { dtype: 'I8', shape: [1], data: Int8Array.of(1) }],
    ['keys out of order', 'two/0/keys', { dtype: 'I32', shape: [3], data: Int32Array.of(3, 2, 5) }],
    ['a key that is 0', 'two/0/keys', { dtype: 'I32', shape: [3], data: Int32Array.of(0, 2, 5) }],
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
});
