import { expect } from 'chai';
import {
  embeddingUniform,
  forgetGateOnes,
  glorotUniform,
  type Initial,
  orthogonalGates,
  zeros,
} from '../../src/subtasks/initial-weights.ts';

describe('initial weights', () => {
  const all: Record<string, Initial> = { embeddingUniform, glorotUniform, orthogonalGates };
  for (const [name, initial] of Object.entries(all))
    it(`${name}: the seed determines them`, () => {
      expect(initial([6, 12], 'a')).to.deep.equal(initial([6, 12], 'a'));
      expect(initial([6, 12], 'a')).not.to.deep.equal(initial([6, 12], 'b'));
    });

  it('glorotUniform: fills ±√(6 / (in + out)) evenly', () => {
    const values = glorotUniform([3, 40, 60], 'a');
    const limit = Math.sqrt(6 / (3 * 100));
    expect(Math.max(...values)).to.be.within(0.98 * limit, limit);
    expect(Math.min(...values)).to.be.within(-limit, -0.98 * limit);
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).to.be.within(-0.05 * limit, 0.05 * limit);
  });

  it('embeddingUniform: leaves the padding zero, and only that', () => {
    const values = embeddingUniform([4, 8], 'a');
    expect(values.subarray(0, 8).every((value) => value === 0)).to.equal(true);
    expect(values.subarray(8).every((value) => value !== 0 && Math.abs(value) <= 0.05)).to.equal(true);
  });

  it('orthogonalGates: each gate is orthogonal by itself', () => {
    const units = 5;
    const values = orthogonalGates([units, 3 * units], 'a');
    const at = (row: number, gate: number, column: number) => values[row * 3 * units + gate * units + column] ?? 0;
    for (let gate = 0; gate < 3; gate += 1)
      for (let a = 0; a < units; a += 1)
        for (let b = 0; b < units; b += 1) {
          let product = 0;
          for (let column = 0; column < units; column += 1) product += at(a, gate, column) * at(b, gate, column);
          expect(product).to.be.closeTo(a === b ? 1 : 0, 1e-6);
        }
  });

  it('forgetGateOnes and zeros', () => {
    expect(Array.from(forgetGateOnes([8], ''))).to.deep.equal([0, 0, 1, 1, 0, 0, 0, 0]);
    expect(Array.from(zeros([2, 2], ''))).to.deep.equal([0, 0, 0, 0]);
  });
});
