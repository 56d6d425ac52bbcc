import { expect } from 'chai';
import fc from 'fast-check';
import { matchTemperature } from '../../src/compress/match-temperature.ts';

const LABELS = 3;

const softmaxOf = (evidence: readonly number[]): number[] => {
  const powers = evidence.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
};
const row = fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: LABELS, maxLength: LABELS });
const rows = fc.array(row, { minLength: 1, maxLength: 20 });
const at = (evidence: readonly (readonly number[])[], temperature: number) =>
  evidence.flatMap((each) => softmaxOf(each.map((value) => value / temperature)));
const crossEntropy = (given: readonly number[], target: readonly number[]) =>
  target.reduce((sum, p, i) => sum - p * Math.log(Math.max(given[i] ?? 0, 1e-15)), 0);

describe('matchTemperature', () => {
  it('finds the temperature by which probabilities differ', () => {
    fc.assert(
      fc.property(rows, fc.double({ min: 0.3, max: 3, noNaN: true }), (evidence, temperature) => {
        fc.pre(evidence.some((each) => Math.max(...each) - Math.min(...each) > 0.5));
        const target = at(evidence, temperature);
        expect(matchTemperature(at(evidence, 1), target, LABELS)).to.be.closeTo(temperature, temperature * 1e-2);
      }),
    );
  });

  it('is at least as near as any other temperature', () => {
    fc.assert(
      fc.property(rows, rows, fc.double({ min: 0.11, max: 9.9, noNaN: true }), (a, b, other) => {
        const size = Math.min(a.length, b.length);
        const target = at(b.slice(0, size), 1);
        const evidence = a.slice(0, size);
        const matched = matchTemperature(at(evidence, 1), target, LABELS);
        expect(matched).to.be.within(0.1, 10);
        expect(crossEntropy(at(evidence, matched), target)).to.be.at.most(
          crossEntropy(at(evidence, other), target) + 1e-4,
        );
      }),
    );
  });

  it('is 1 if nothing differs, or nothing is known', () => {
    expect(matchTemperature([0.7, 0.2, 0.1], [0.7, 0.2, 0.1], 3)).to.be.closeTo(1, 1e-6);
    expect(matchTemperature([1 / 3, 1 / 3, 1 / 3], [1, 0, 0], 3)).to.equal(1);
    expect(matchTemperature([], [], 3)).to.equal(1);
  });

  it('stays within bounds where labels are certain', () => {
    expect(matchTemperature([0.6, 0.4], [1, 0], 2)).to.be.closeTo(0.1, 0.01);
    expect(matchTemperature([0.6, 0.4], [0, 1], 2)).to.be.closeTo(10, 0.1);
  });

  it('refuses probabilities of different size', () => {
    expect(() => matchTemperature([1, 0], [1], 2))
      .to.throw('1 probabilities')
      .with.property('code', 'INVALID_ARGUMENT');
  });
});
