import { expect } from 'chai';
import { compare } from '../../src/evaluate/compare.ts';

const rows = (pattern: string) => [...pattern].map((letter) => letter === '1');

describe('compare', () => {
  it('counts the rows that only one got right, and tests them', () => {
    const result = compare('other', rows('1111111110 11111'), rows('0000000001 11110'));
    expect(result).to.include({ name: 'other', onlyFirst: 10, onlyOther: 1 });
    expect(result.accuracy).to.equal(5 / 16);
    expect(result.difference).to.equal(9 / 16);
    expect(result.pValue).to.be.closeTo(0.01171875, 1e-12);
    const [low, high] = result.differenceInterval;
    expect(low).to.be.within(0, 9 / 16);
    expect(high).to.be.within(9 / 16, 1);
  });

  it('finds nothing between a model and itself', () => {
    const same = rows('110');
    expect(compare('itself', same, same)).to.deep.equal({
      name: 'itself',
      accuracy: 2 / 3,
      difference: 0,
      differenceInterval: [0, 0],
      onlyFirst: 0,
      onlyOther: 0,
      pValue: 1,
    });
  });
});
