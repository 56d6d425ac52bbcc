import { expect } from 'chai';
import { aucOf } from '../../src/evaluate/roc.ts';

describe('aucOf', () => {
  it('counts ties half', () => {
    const positive = [0, 0, 1, 0, 1, 1, 1, 0].map(Boolean);
    expect(aucOf(positive, [0.1, 0.5, 0.5, 0.5, 0.9, 0.2, 0.5, 0.7])).to.equal(0.5625);
    expect(aucOf([false, true], [0.1, 0.2])).to.equal(1);
    expect(aucOf([true, false], [0.1, 0.2])).to.equal(0);
  });

  it('is nothing without rows of both kinds', () => {
    expect(aucOf([true, true], [0.1, 0.2])).to.equal(undefined);
    expect(aucOf([], [])).to.equal(undefined);
  });
});
