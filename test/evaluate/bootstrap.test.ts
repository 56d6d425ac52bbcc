import { expect } from 'chai';
import { bootstrap } from '../../src/evaluate/bootstrap.ts';

/** The interval of the mean of zeros and ones. */
function ofShare(ones: number, rows: number, seed?: number) {
  let sum = 0;
  const [interval] = bootstrap({
    rows,
    seed,
    clear: () => {
      sum = 0;
    },
    take: (row) => {
      sum += row < ones ? 1 : 0;
    },
    figures: () => [sum / rows],
  });
  return interval ?? expect.fail('no interval');
}

describe('bootstrap', () => {
  it('gives a share about the interval of the binomial distribution', () => {
    const [low, high] = ofShare(160, 200);
    const halfWidth = 1.96 * Math.sqrt((0.8 * 0.2) / 200);
    expect(low).to.be.closeTo(0.8 - halfWidth, 0.006);
    expect(high).to.be.closeTo(0.8 + halfWidth, 0.006);
  });

  it('gives no width to what does not vary', () => {
    expect(ofShare(50, 50)).to.deep.equal([1, 1]);
    expect(ofShare(0, 50)).to.deep.equal([0, 0]);
  });

  it('gives the same for the same seed, and about the same for another', () => {
    expect(ofShare(30, 100, 1)).to.deep.equal(ofShare(30, 100));
    const [low, high] = ofShare(300, 1000, 2);
    const [otherLow, otherHigh] = ofShare(300, 1000, 3);
    expect([low, high]).not.to.deep.equal([otherLow, otherHigh]);
    expect(low).to.be.closeTo(otherLow, 0.005);
    expect(high).to.be.closeTo(otherHigh, 0.005);
  });

  it('draws as many rows as there are, for all figures the same ones', () => {
    let taken = 0;
    const sizes = new Set<number>();
    const [a, b] = bootstrap({
      rows: 20,
      clear: () => {
        taken = 0;
      },
      take: () => taken++,
      figures: () => {
        sizes.add(taken);
        return [taken, -taken];
      },
    });
    expect([...sizes]).to.deep.equal([20]);
    expect([a, b]).to.deep.equal([
      [20, 20],
      [-20, -20],
    ]);
  });
});
