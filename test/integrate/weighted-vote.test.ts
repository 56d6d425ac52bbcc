import { expect } from 'chai';
import fc from 'fast-check';
import { weightedVote } from '../../operators/index.ts';
import { ballotOf, type LaneOpinion } from '../../src/testing/index.ts';

const LABELS = ['tech', 'finance', 'culture'];

/** A lane that abstains, over the same labels. */
const SILENT = { tech: Number.NaN, finance: Number.NaN, culture: Number.NaN };

const score = fc.double({ min: 0, max: 1, noNaN: true });
const oneLabel = fc.tuple(fc.constantFrom(...LABELS), score).map(([label, value]) => ({ [label]: value }));
const allLabels = fc.tuple(score, score, score).map(([tech, finance, culture]) => ({ tech, finance, culture }));
/** A first lane that knows all labels, so that they are always the same, and more that may abstain. */
const opinions = fc
  .tuple(allLabels, fc.array(fc.oneof(oneLabel, allLabels, fc.constant(SILENT)), { maxLength: 4 }))
  .map(([first, others]) => Object.fromEntries([first, ...others].map((opinion, lane) => [`lane${lane}`, opinion])));
const weights = fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { minLength: 5, maxLength: 5 });
const biases = fc.tuple(...LABELS.map(() => fc.double({ min: -2, max: 2, noNaN: true })));

const logOdds = (p: number): number => {
  const clamped = Math.min(Math.max(Math.fround(p), 1e-6), 1 - 1e-6);
  return Math.log(clamped) - Math.log1p(-clamped);
};

/** The evidence for each label, written down as the docstring says it. */
function evidence(
  said: Record<string, LaneOpinion>,
  weight: Record<string, number>,
  bias: Record<string, number>,
): number[] {
  return LABELS.map((label) => {
    const lanes = Object.entries(said).map(([lane, opinion]) => {
      const value = typeof opinion === 'object' ? opinion?.[label] : undefined;
      return value === undefined || Number.isNaN(value) ? 0 : (weight[lane] ?? 1) * logOdds(value);
    });
    return lanes.reduce((sum, part) => sum + part, bias[label] ?? 0);
  });
}

function softmax(values: readonly number[]): number[] {
  const highest = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - highest));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

describe('weightedVote', () => {
  it('is a logarithmic opinion pool, and its shares add up to the log-odds between the first two', () => {
    fc.assert(
      fc.property(opinions, weights, biases, (said, weightList, biasList) => {
        const names = Object.keys(said);
        const weight = Object.fromEntries(names.map((name, i) => [name, weightList[i] ?? 1]));
        const bias = Object.fromEntries(LABELS.map((label, i) => [label, biasList[i] ?? 0]));
        const verdict = weightedVote({ weights: weight, bias })(ballotOf(said));
        const expected = evidence(said, weight, bias);
        const [first = 0, second = 0] = softmax(expected).sort((a, b) => b - a);
        const winner = LABELS.indexOf(verdict.label);
        expect(expected[winner]).to.be.closeTo(Math.max(...expected), 1e-9);
        expect(verdict.confidence).to.be.closeTo(first, 1e-9);
        expect(verdict.margin).to.be.closeTo(first - second, 1e-9);
        const ranked = LABELS.map((_, i) => i).sort((a, b) => (expected[b] ?? 0) - (expected[a] ?? 0));
        const between = (expected[ranked[0] ?? 0] ?? 0) - (expected[ranked[1] ?? 0] ?? 0);
        fc.pre(between > 1e-9); // else who comes second is a matter of rounding
        fc.pre((expected[ranked[1] ?? 0] ?? 0) - (expected[ranked[2] ?? 0] ?? 0) > 1e-9);
        const lanes = Object.values(verdict.lanes).reduce((sum, lane) => sum + (lane?.share ?? 0), 0);
        const biased = (bias[LABELS[ranked[0] ?? 0] ?? ''] ?? 0) - (bias[LABELS[ranked[1] ?? 0] ?? ''] ?? 0);
        expect(lanes + biased).to.be.closeTo(between, 1e-6);
      }),
    );
  });

  it('hears a lane of weight 2 twice, and one of weight 0 not at all', () => {
    const ballot = ballotOf({ a: { x: 0.8, y: 0.2 }, b: { x: 0.3, y: 0.7 } });
    expect(weightedVote()(ballot).label).to.equal('x');
    expect(weightedVote({ weights: { b: 2 } })(ballot).label).to.equal('y');
    expect(weightedVote({ weights: { b: 2, a: 2 } })(ballot).label).to.equal('x');
    expect(weightedVote({ weights: { a: 0 } })(ballot).lanes.a).to.include({ share: 0 });
  });

  it('is not moved by a lane that abstains, or says one half', () => {
    const alone = weightedVote()(ballotOf({ tech: 0.9, finance: 0.2 }));
    const more = weightedVote()(ballotOf({ tech: 0.9, finance: 0.2, both: { tech: 0.5, finance: 0.5 }, none: null }));
    expect(more.label).to.equal('tech');
    expect(alone.lanes.tech).to.deep.include({ label: 'tech' });
    expect(more.lanes.none).to.equal(null);
    expect(weightedVote()(ballotOf({ tech: 0.9, finance: 0.2, tech2: { tech: 0.5 } })).confidence).to.equal(
      alone.confidence,
    );
  });

  it('gives ties to the label that comes first', () => {
    expect(weightedVote()(ballotOf({ b: 0.7, a: 0.7 })).label).to.equal('b');
    expect(weightedVote()(ballotOf({ a: 0.7, b: 0.7 }))).to.include({ label: 'a', margin: 0 });
    expect(weightedVote()(ballotOf({ a: null, b: null })).label).to.equal('a');
  });

  it('is sure of the only label there is', () => {
    expect(weightedVote()(ballotOf({ only: 0.01 }))).to.include({ label: 'only', confidence: 1, margin: 1 });
  });

  it('is not infinitely sure of 0 and 1', () => {
    const { confidence } = weightedVote()(ballotOf({ a: 1, b: 0 }));
    expect(confidence).to.be.below(1);
    expect(JSON.parse(JSON.stringify(weightedVote()(ballotOf({ a: 1, b: 0 }))))).to.have.all.keys(
      'label',
      'confidence',
      'margin',
      'lanes',
    );
  });

  it('refuses weights and biases that are none, and names that are not there', () => {
    for (const weight of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => weightedVote({ weights: { a: weight } })).to.throw(/weights\.a/);
    expect(() => weightedVote({ bias: { a: Number.NaN } })).to.throw(/bias\.a/);
    expect(() => weightedVote({ weights: { z: 1 } })(ballotOf({ a: 1 }))).to.throw(/keyed by a lane/);
    expect(() => weightedVote({ bias: { z: 1 } })(ballotOf({ a: 1 }))).to.throw(/keyed by a label/);
  });
});
