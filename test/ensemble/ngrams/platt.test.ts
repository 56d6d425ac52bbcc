import { expect } from 'chai';
import { calibrate } from '../../../src/ensemble/ngrams/platt.ts';
import { seededNormal, seededRandom } from '../../../src/subtasks/random.ts';

describe('calibrate', () => {
  it('finds the log-odds that margins were drawn by', () => {
    const [random, normal] = [seededRandom('truth'), seededNormal('margins')];
    const margins = Float64Array.from({ length: 20_000 }, () => normal());
    const truth = margins.map((margin) => (random() < 1 / (1 + Math.exp(-(3 * margin - 1))) ? 1 : 0));
    const { slope, offset } = calibrate(margins, (row) => truth[row] === 1);
    expect(slope).to.be.closeTo(3, 0.15);
    expect(offset).to.be.closeTo(-1, 0.1);
  });

  it('stays finite where margins part the rows without a mistake', () => {
    const { slope, offset } = calibrate([-2, -1, 1, 2], (row) => row >= 2);
    expect(slope).to.be.above(0).and.below(10);
    expect(offset).to.be.closeTo(0, 1e-6);
  });

  it('knows how rare a label is without any sight of it', () => {
    const { slope, offset } = calibrate(new Float64Array(98), () => false);
    expect(slope).to.be.at.least(0);
    expect(1 / (1 + Math.exp(-offset))).to.be.closeTo(0.01, 1e-6);
  });

  it('does not turn a margin that misleads around, and takes no rows', () => {
    expect(calibrate([-1, 1, -2, 2], (row) => row % 2 === 0).slope).to.be.within(0, 0.01);
    expect(calibrate([], () => true)).to.deep.equal({ slope: 1, offset: 0 });
  });
});
