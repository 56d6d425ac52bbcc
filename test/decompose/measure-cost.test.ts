import { expect } from 'chai';
import { loadOf, measureCost, type Probe } from '../../src/decompose/measure-cost.ts';

/** Lanes that take `time` milliseconds each round, by a clock that stands still meanwhile. */
function measured(timeOf: (labels: number, round: number) => number, sizes = [1, 2, 4], documents = 10) {
  let time = 0;
  const probes = sizes.map((labels): Probe => {
    let round = 0;
    return {
      labels,
      run: () => {
        time += timeOf(labels, round++);
      },
    };
  });
  return measureCost(probes, documents, () => time);
}

describe('measureCost', () => {
  it('finds what a lane costs by its labels, in microseconds a document', () => {
    const { fixed, each } = measured((labels) => 0.5 + 0.25 * labels);
    expect(fixed).to.be.closeTo(50, 1e-6);
    expect(each).to.be.closeTo(25, 1e-6);
    expect(loadOf({ fixed, each }, 3)).to.be.closeTo(125, 1e-6);
  });

  it('does not mind slow moments', () => {
    const { fixed, each } = measured((labels, round) => 1 + labels + (round % 3 === 1 ? 0 : 100));
    expect(fixed).to.be.closeTo(100, 1e-6);
    expect(each).to.be.closeTo(100, 1e-6);
  });

  it('has no negative part, whatever noise says', () => {
    expect(measured((labels) => 4 - labels / 2).each).to.equal(0);
    expect(measured((labels) => labels ** 2).fixed).to.equal(0);
    expect(measured(() => 1, [3])).to.deep.equal({ fixed: 100, each: 0 });
  });
});
