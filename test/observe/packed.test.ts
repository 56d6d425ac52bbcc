import { expect } from 'chai';
import { packed } from '../../src/observe/packed.ts';

describe('packed', () => {
  const widths = (entries: readonly number[], width: number, gap: number): number[][] =>
    packed(
      entries.map((each) => ({ width: each })),
      width,
      gap,
    ).map((line) => line.map((entry) => entry.width));

  it('fills lines to their width, gaps included', () => {
    expect(widths([4, 3, 2], 10, 1)).to.deep.equal([[4, 3], [2]]);
    expect(widths([4, 3, 1], 10, 1)).to.deep.equal([[4, 3, 1]]);
  });

  it('gives an entry that is too wide a line of its own', () => {
    expect(widths([1, 20, 1, 1], 5, 1)).to.deep.equal([[1], [20], [1, 1]]);
  });

  it('makes no lines of nothing', () => {
    expect(widths([], 5, 1)).to.deep.equal([]);
  });
});
