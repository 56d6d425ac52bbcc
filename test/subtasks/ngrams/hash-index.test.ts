import { expect } from 'chai';
import fc from 'fast-check';
import { HashIndex } from '../../../src/subtasks/ngrams/hash-index.ts';

const keys = fc.uniqueArray(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).filter((key) => key !== 0));

describe('HashIndex', () => {
  it('numbers keys in the order in which they come, once each', () => {
    fc.assert(
      fc.property(keys, (all) => {
        const index = new HashIndex();
        expect(all.map((key) => index.add(key))).to.deep.equal(all.map((_, number) => number));
        expect(all.map((key) => index.add(key))).to.deep.equal(all.map((_, number) => number));
        expect(index.size).to.equal(all.length);
        expect([...index.keys()]).to.deep.equal(all);
      }),
    );
  });

  it('finds no key that was not added', () => {
    fc.assert(
      fc.property(keys, keys, (all, others) => {
        const index = HashIndex.of(Int32Array.from(all));
        for (const key of others) expect(index.find(key)).to.equal(all.indexOf(key));
      }),
    );
  });

  it('keeps keys apart that want the same slot', () => {
    const same = Array.from({ length: 100 }, (_, i) => (i + 1) * 2 ** 20); // equal in all bits that choose a slot
    const index = HashIndex.of(Int32Array.from(same));
    expect(same.map((key) => index.find(key))).to.deep.equal(same.map((_, number) => number));
    expect(index.find(101 * 2 ** 20)).to.equal(-1);
  });
});
