import { expect } from 'chai';
import fc from 'fast-check';
import { LockstepError } from '../../src/errors.ts';
import { logOdds, weightedVote } from '../../src/integrate/weighted-vote.ts';
import { Ballot, Panel } from '../../src/lanes/ballot.ts';
import { layoutOf } from '../../src/lanes/layout.ts';
import { ballotOf } from '../../src/testing/index.ts';

/** A lane's score for each of its labels, or null where it abstains. */
type Opinions = Readonly<Record<string, Readonly<Record<string, number>> | null>>;

interface Case {
  readonly weights: Readonly<Record<string, number>>;
  readonly bias: Readonly<Record<string, number>>;
  readonly lanes: readonly { readonly name: string; readonly labels: readonly string[] }[];
  readonly opinions: Opinions;
}

const LABELS = ['tech', 'finance', 'culture', 'sport', 'world'];

/** Scores as lanes give them: in 32 bits. */
const score = fc
  .oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.5, 1))
  .map((value) => Math.fround(value));
const weight = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 5, noNaN: true }));

const lanes = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('cnn', 'rnn', 'fcn', 'one', 'two'),
    labels: fc.subarray(LABELS, { minLength: 1 }),
  }),
  { minLength: 1, maxLength: 5, selector: ({ name }) => name },
);

const cases: fc.Arbitrary<Case> = lanes.chain((lanes) =>
  fc
    .record({
      opinions: fc.tuple(
        ...lanes.map(({ name, labels }) =>
          fc
            .option(fc.array(score, { minLength: labels.length, maxLength: labels.length }))
            .map(
              (scores) =>
                [name, scores && Object.fromEntries(labels.map((label, i) => [label, scores[i] ?? 0]))] as const,
            ),
        ),
      ),
      weights: fc.dictionary(fc.constantFrom(...lanes.map(({ name }) => name)), weight),
      bias: fc.dictionary(
        fc.constantFrom(...lanes.flatMap(({ labels }) => labels)),
        fc.double({ min: -3, max: 3, noNaN: true }),
      ),
    })
    .map(({ opinions, weights, bias }) => ({ lanes, weights, bias, opinions: Object.fromEntries(opinions) })),
);

function ballotFor({ lanes, opinions }: Case): Ballot {
  const answers = lanes.map(({ name, labels }) => {
    const said = opinions[name];
    return said ? Float32Array.from(labels, (label) => said[label] ?? 0) : undefined;
  });
  return new Ballot(new Panel(layoutOf(lanes), answers), 0);
}

/** The vote as it is described, in the plainest way. */
function reference({ lanes, opinions, weights, bias }: Case) {
  const labels = [...new Set(lanes.flatMap((lane) => lane.labels))];
  const evidence = labels.map((label) => {
    let sum = bias[label] ?? 0;
    for (const { name } of lanes) {
      const said = opinions[name]?.[label];
      if (said === undefined) continue;
      const p = Math.min(Math.max(said, 1e-6), 1 - 1e-6);
      sum += (weights[name] ?? 1) * Math.log(p / (1 - p));
    }
    return sum;
  });
  const ranked = labels
    .map((label, i) => ({ label, evidence: evidence[i] ?? 0 }))
    .toSorted((a, b) => b.evidence - a.evidence);
  const total = ranked.reduce((sum, { evidence }) => sum + Math.exp(evidence), 0);
  return { ranked, probabilities: ranked.map(({ evidence }) => Math.exp(evidence) / total) };
}

describe('weightedVote', () => {
  it('does what the reference does', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const verdict = weightedVote(given)(ballotFor(given));
        const { ranked, probabilities } = reference(given);
        const [first = 0, second = 0] = probabilities;
        const winners = ranked.filter(({ evidence }) => evidence >= (ranked[0]?.evidence ?? 0) - 1e-9);
        expect(winners.map(({ label }) => label)).to.include(verdict.label);
        expect(verdict.confidence).to.be.closeTo(first, 1e-9);
        expect(verdict.margin).to.be.closeTo(first - second, 1e-9);
        expect(verdict.confidence).to.be.within(0, 1);
        for (const [i, { label }] of ranked.entries())
          expect(verdict.probabilities[label]).to.be.closeTo(probabilities[i] ?? 0, 1e-9);
        expect(verdict.margin).to.be.within(0, 1);
      }),
      { numRuns: 300 },
    );
  });

  it('gives shares that sum, with the biases, to the log-odds between the winner and the runner-up', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const { lanes, confidence, margin, label } = weightedVote(given)(ballotFor(given));
        const shares = Object.values(lanes).reduce((sum, lane) => sum + (lane?.share ?? 0), 0);
        const { ranked } = reference(given);
        const [winner, runnerUp] = ranked;
        if (!winner || !runnerUp) return; // one label: there is nobody to be better than
        const gap = winner.evidence - runnerUp.evidence;
        // Beyond this the runner-up's probability is too small for the difference of two doubles.
        if (gap < 15) expect(Math.log(confidence / (confidence - margin))).to.be.closeTo(gap, 1e-6);
        if (gap < 1e-9 || ranked.filter(({ evidence }) => Math.abs(evidence - runnerUp.evidence) < 1e-9).length > 1)
          return; // a tie
        const biases = (given.bias[label] ?? 0) - (given.bias[runnerUp.label] ?? 0);
        expect(shares + biases).to.be.closeTo(gap, 1e-9);
      }),
      { numRuns: 300 },
    );
  });

  it('tells for each lane the label for which it spoke loudest, null where it abstained', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const { lanes } = weightedVote(given)(ballotFor(given));
        expect(Object.keys(lanes)).to.deep.equal(given.lanes.map(({ name }) => name));
        for (const { name, labels } of given.lanes) {
          const said = given.opinions[name];
          const highest = said ? Math.max(...Object.values(said)) : 0;
          const loudest = labels.find((label) => said?.[label] === highest);
          if (said) expect(lanes[name]).to.include({ label: loudest, score: highest });
          else expect(lanes[name]).to.equal(null);
        }
      }),
    );
  });

  describe('on a tie', () => {
    it('takes the first label in the order of the ballot, always', () => {
      for (const scores of [0, 0.5, 1]) {
        const opinions = { b: scores, a: scores, c: scores };
        expect(weightedVote()(ballotOf(opinions))).to.include({ label: 'b', margin: 0 });
      }
    });

    it('between the runners-up names a winner all the same', () => {
      const verdict = weightedVote()(ballotOf({ a: 0.2, b: 0.9, c: 0.2 }));
      expect(verdict.label).to.equal('b');
      expect(verdict.lanes.a?.share).to.be.above(0); // a is the runner-up: it comes before c
      expect(verdict.lanes.c?.share).to.be.closeTo(0, 1e-12);
    });
  });

  it('hears a lane of weight 2 twice, and one of weight 0 not at all', () => {
    const ballot = ballotOf({ a: { x: 0.8, y: 0.2 }, b: { x: 0.3, y: 0.7 } });
    expect(weightedVote()(ballot).label).to.equal('x');
    expect(weightedVote({ weights: { b: 2 } })(ballot).label).to.equal('y');
    expect(weightedVote({ weights: { b: 2, a: 2 } })(ballot).label).to.equal('x');
    expect(weightedVote({ weights: { a: 0 } })(ballot).label).to.equal('y');
  });

  describe('abstentions', () => {
    it('move nothing: neither does a lane that says 0.5, nor one of weight 0', () => {
      const plain = weightedVote()(ballotOf({ tech: 0.7, finance: 0.2, culture: 0.5 }));
      const silent = weightedVote()(ballotOf({ tech: 0.7, finance: 0.2, culture: null }));
      const unheard = weightedVote({ weights: { culture: 0 } })(ballotOf({ tech: 0.7, finance: 0.2, culture: 0.99 }));
      for (const verdict of [silent, unheard])
        expect([verdict.label, verdict.confidence, verdict.margin]).to.deep.equal([
          plain.label,
          plain.confidence,
          plain.margin,
        ]);
      expect(silent.lanes.culture).to.equal(null);
      expect(unheard.lanes.culture).to.include({ label: 'culture', score: Math.fround(0.99) });
      expect(unheard.lanes.culture?.share).to.be.closeTo(0, 0);
    });

    it('of all lanes leave it to the biases', () => {
      const ballot = ballotOf({ tech: null, finance: null });
      expect(weightedVote()(ballot)).to.include({ label: 'tech', confidence: 0.5, margin: 0 });
      expect(weightedVote({ bias: { finance: 1 } })(ballot).label).to.equal('finance');
    });
  });

  it('is sure of the only label there is', () => {
    for (const score of [0, 0.5, 1, null])
      expect(weightedVote()(ballotOf({ tech: score }))).to.include({ label: 'tech', confidence: 1, margin: 1 });
  });

  it('lets no lane be infinitely sure', () => {
    const { confidence, lanes } = weightedVote()(ballotOf({ tech: 1, finance: 0 }));
    expect(confidence).to.be.below(1);
    expect(lanes.tech?.share).to.be.closeTo(Math.log((1 - 1e-6) / 1e-6), 1e-9);
    expect(logOdds(0)).to.be.closeTo(-logOdds(1), 1e-9).and.to.be.closeTo(-13.8, 0.1);
    expect(logOdds(0.5)).to.equal(0);
  });

  it('stays finite with weights and biases that are large', () => {
    const verdict = weightedVote({ weights: { tech: 1e6 }, bias: { finance: -1e6 } })(
      ballotOf({ tech: 1, finance: 1 }),
    );
    expect(verdict).to.include({ label: 'tech', confidence: 1, margin: 1 });
  });

  it('takes names that objects have by themselves', () => {
    const verdict = weightedVote()(ballotOf({ constructor: 0.9, toString: 0.2 }));
    expect(verdict.label).to.equal('constructor');
    expect(verdict.confidence).to.be.within(0.9, 1);
    expect(() => weightedVote({ weights: { valueOf: 1 } })(ballotOf({ tech: 1 }))).to.throw(LockstepError, 'valueOf');
  });

  it('works out the shares of a verdict from its own ballot, whatever was voted on since', () => {
    const vote = weightedVote();
    const first = vote(ballotOf({ tech: 0.9, finance: 0.2 }));
    const panel = new Panel(
      layoutOf([
        { name: 'tech', labels: ['tech'] },
        { name: 'finance', labels: ['finance'] },
      ]),
      [Float32Array.of(0.1, 0.8), Float32Array.of(0.7, 0.3)],
    );
    const rows = [new Ballot(panel, 0), new Ballot(panel, 1)].map(vote);
    expect(rows.map(({ label }) => label)).to.deep.equal(['finance', 'tech']);
    expect(first.lanes.tech?.score).to.equal(Math.fround(0.9));
    expect(rows.map(({ lanes }) => lanes.tech?.score)).to.deep.equal([Math.fround(0.1), Math.fround(0.8)]);
  });

  it('is written in JSON with the shares', () => {
    const verdict = weightedVote()(ballotOf({ tech: 0.9, finance: null }));
    const { label, confidence, margin, uncertain, probabilities, lanes } = verdict;
    expect(JSON.parse(JSON.stringify(verdict))).to.deep.equal({
      label,
      confidence,
      margin,
      uncertain,
      probabilities,
      lanes,
    });
  });

  describe('refuses', () => {
    it('weights that are negative or not finite, and biases that are not finite', () => {
      for (const wrong of [-1, -1e-9, Number.NaN, Number.POSITIVE_INFINITY])
        expect(() => weightedVote({ weights: { tech: wrong } }))
          .to.throw(LockstepError, 'Expected `weights.tech` to be a finite number of at least 0')
          .with.property('code', 'INVALID_ARGUMENT');
      for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
        expect(() => weightedVote({ bias: { tech: wrong } }))
          .to.throw(LockstepError, 'Expected `bias.tech` to be a finite number')
          .with.property('code', 'INVALID_ARGUMENT');
      for (const wrong of ['1', null, {}])
        for (const option of ['weights', 'bias'])
          expect(() => Reflect.apply(weightedVote, undefined, [{ [option]: { tech: wrong } }])).to.throw(
            LockstepError,
            `${option}.tech`,
          );
    });

    it('weights that name no lane and biases that name no label, on the first ballot', () => {
      const ballot = ballotOf({ cnn: { tech: 0.5 } });
      expect(() => weightedVote({ weights: { tech: 1 } })(ballot)).to.throw(
        LockstepError,
        'keyed by a lane of [cnn], got "tech"',
      );
      expect(() => weightedVote({ bias: { cnn: 1 } })(ballot)).to.throw(
        LockstepError,
        'keyed by a label of [tech], got "cnn"',
      );
    });
  });
});
