import { expect } from 'chai';
import fc from 'fast-check';
import { fitVote, minimise, uniformWeights, type VoteSample, voteObjective } from '../../src/integrate/fit-weights.ts';

const probability = fc.double({ min: 0, max: 1, noNaN: true });

/** Two lanes over all three labels, and one that knows the last label only. */
const samples: fc.Arbitrary<VoteSample> = fc.integer({ min: 1, max: 12 }).chain((rows) =>
  fc.record({
    lanes: fc
      .tuple(
        fc.array(probability, { minLength: rows * 3, maxLength: rows * 3 }),
        fc.array(probability, { minLength: rows * 3, maxLength: rows * 3 }),
        fc.array(probability, { minLength: rows, maxLength: rows }),
      )
      .map(([a, b, c]) => [
        { columns: [0, 1, 2], scores: a },
        { columns: [2, 0, 1], scores: b },
        { columns: [2], scores: c },
      ]),
    truth: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: rows, maxLength: rows }),
    labels: fc.constant(3),
  }),
);

const parameters = fc
  .array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 6, maxLength: 6 })
  .map((values) => Float64Array.from(values));

describe('voteObjective', () => {
  it('has the gradient that its values show', () => {
    fc.assert(
      fc.property(samples, parameters, (sample, at) => {
        const objective = voteObjective(sample, 0.1);
        const { gradient } = objective(at);
        const h = 1e-5;
        for (let i = 0; i < at.length; i++) {
          const value = (step: number) => objective(at.map((v, j) => (i === j ? v + step : v))).value;
          const slope = (value(h) - value(-h)) / (2 * h);
          expect(gradient[i]).to.be.closeTo(slope, 1e-3 * Math.max(1, Math.abs(slope)));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('is the mean log loss of the vote: by hand', () => {
    // Log-odds of 0.8 and 0.2 are ±ln 4; with a weight of 1/2 the softmax is (2, 1/2) / 2.5.
    const sample = { lanes: [{ columns: [0, 1], scores: [0.8, 0.2] }], truth: [0], labels: 2 };
    expect(voteObjective(sample, 0)(Float64Array.of(0.5, 0, 0)).value).to.be.closeTo(-Math.log(0.8), 1e-12);
  });
});

describe('fitVote', () => {
  it('is never worse than the uniform vote, and has no negative weight', () => {
    fc.assert(
      fc.property(samples, (sample) => {
        const { weights, loss } = fitVote(sample);
        const uniform = Float64Array.of(...uniformWeights(sample), 0, 0, 0);
        expect(loss).to.be.at.most(voteObjective(sample, 0)(uniform).value + 1e-12);
        for (const weight of weights) expect(weight).to.be.at.least(0);
      }),
      { numRuns: 100 },
    );
  });

  it('finds the optimum: no small step along an axis is better', () => {
    fc.assert(
      fc.property(samples, (sample) => {
        const objective = voteObjective(sample, 0.05);
        const { weights, bias } = fitVote(sample, { l2: 0.05 });
        const at = Float64Array.of(...weights, ...bias);
        const { value } = objective(at);
        for (let i = 0; i < at.length; i++)
          for (const step of [-1e-3, 1e-3]) {
            const near = at.map((v, j) => (i === j ? v + step : v));
            if (i < weights.length && (near[i] ?? 0) < 0) continue;
            expect(objective(near).value).to.be.at.least(value - 1e-9);
          }
      }),
      { numRuns: 50 },
    );
  });

  it('hears a good lane more than a random one, and not at all one that is always wrong', () => {
    const truth = Array.from({ length: 60 }, (_, row) => row % 2);
    const saying = (label: (row: number) => number) =>
      truth.flatMap((_, row) => (label(row) === 0 ? [0.9, 0.1] : [0.1, 0.9]));
    const lanes = [
      saying((row) => (row % 10 === 0 ? 1 - (truth[row] ?? 0) : (truth[row] ?? 0))),
      saying((row) => Math.floor(row / 2) % 2),
      saying((row) => 1 - (truth[row] ?? 0)),
    ].map((scores) => ({ columns: [0, 1], scores }));
    const { weights } = fitVote({ lanes, truth, labels: 2 }, { l2: 1e-4 });
    expect(weights[0]).to.be.above(0.5);
    expect(weights[1]).to.be.below(weights[0] ?? 0);
    expect(weights[2]).to.equal(0);
  });

  it('leans to the label that is more frequent than the lanes think', () => {
    const truth = [0, 0, 0, 1];
    const { bias } = fitVote({ lanes: [{ columns: [0, 1], scores: new Float32Array(8).fill(0.5) }], truth, labels: 2 });
    expect((bias[0] ?? 0) - (bias[1] ?? 0)).to.be.closeTo(Math.log(3), 0.1);
  });

  it('refuses samples without rows, scores that do not fit them, and a negative penalty', () => {
    const lanes = [{ columns: [0, 1], scores: [0.5] }];
    expect(() => fitVote({ lanes: [], truth: [], labels: 2 })).to.throw('Expected `truth` to be at least one row');
    expect(() => fitVote({ lanes, truth: [0], labels: 2 })).to.throw('Expected `lanes[0].scores` to be 1 rows of 2');
    expect(() => fitVote({ lanes: [], truth: [0], labels: 2 }, { l2: -1 })).to.throw('Expected `l2`');
  });
});

describe('uniformWeights', () => {
  it('shares a label among the lanes that know it', () => {
    const over = (columns: number[]) => ({ columns, scores: [] });
    expect([...uniformWeights({ lanes: [over([0]), over([1]), over([2])], labels: 3 })]).to.deep.equal([1, 1, 1]);
    expect([...uniformWeights({ lanes: [over([0, 1]), over([0, 1])], labels: 2 })]).to.deep.equal([0.5, 0.5]);
    expect([...uniformWeights({ lanes: [over([0, 1]), over([1])], labels: 2 })]).to.deep.equal([1 / 1.5, 0.5]);
  });
});

describe('minimise', () => {
  it('finds the minimum of an ill-conditioned bowl within bounds', () => {
    const bowl = ([x = 0, y = 0]: Float64Array) => ({
      value: (x + 1) ** 2 + 1000 * (y - 3) ** 2,
      gradient: Float64Array.of(2 * (x + 1), 2000 * (y - 3)),
    });
    const found = minimise(bowl, Float64Array.of(5, 5), (at) => {
      at[0] = Math.max(at[0] ?? 0, 0);
    });
    expect(found[0]).to.equal(0);
    expect(found[1]).to.be.closeTo(3, 1e-6);
  });
});
