import { expect } from 'chai';
import { LockstepError } from '../../../src/errors.ts';
import { boostedVote } from '../../../src/integrate/boosting/boosted-vote.ts';
import { fitBoostedVote } from '../../../src/integrate/boosting/fit-boosted-vote.ts';
import type { VoteSample } from '../../../src/integrate/fit-weights.ts';
import { logOdds } from '../../../src/integrate/weighted-vote.ts';
import { seededNormal, seededRandom } from '../../../src/subtasks/random.ts';
import { ballotOf } from '../../../src/testing/index.ts';

const LABELS = ['a', 'b', 'c'];
const LANES = [
  { name: 'all', labels: LABELS },
  { name: 'one', labels: ['c'] },
];

/** A lane that knows a little of everything, and one that knows c well. */
function sampleOf(rows: number, seed = 'sample'): VoteSample {
  const normal = seededNormal(seed);
  const truth = Array.from({ length: rows }, (_, row) => row % 3);
  const probability = (evidence: number) => 1 / (1 + Math.exp(-evidence));
  return {
    labels: 3,
    truth,
    lanes: [
      {
        columns: [0, 1, 2],
        scores: truth.flatMap((label) => [0, 1, 2].map((own) => probability(normal() + (own === label ? 1 : -0.5)))),
      },
      { columns: [2], scores: truth.map((label) => probability(normal() + (label === 2 ? 3 : -3))) },
    ],
  };
}

describe('boostedVote', () => {
  const { trees } = fitBoostedVote(sampleOf(300), { rounds: 30 });
  const vote = boostedVote({ labels: LABELS, lanes: LANES, trees });

  it('gives the probabilities of the trees', () => {
    const verdict = vote(ballotOf({ all: { a: 0.7, b: 0.2, c: 0.3 }, one: { c: 0.1 } }));
    const features = [0.7, 0.2, 0.3, 0.1].map((score) => logOdds(Math.fround(score)));
    const expected = trees.probabilities(features);
    expect(Object.keys(verdict.probabilities)).to.deep.equal(LABELS);
    for (const [i, label] of LABELS.entries())
      expect(verdict.probabilities[label]).to.be.closeTo(expected[i] ?? 0, 1e-12);
    expect(verdict).to.include({ label: 'a', uncertain: false });
    expect(verdict.confidence).to.be.closeTo(expected[0] ?? 0, 1e-12);
  });

  it('goes on without a lane that abstains or is not there, wherever the others stand', () => {
    const silent = vote(ballotOf({ all: { a: 0.2, b: 0.9, c: 0.3 }, one: { c: Number.NaN } }));
    const absent = vote(ballotOf({ all: { a: 0.2, b: 0.9, c: 0.3 } }));
    const turned = vote(ballotOf({ one: { c: 0.01 }, all: { a: 0.2, b: 0.9, c: 0.3 } }));
    expect(absent.label).to.equal('b');
    expect(absent.confidence).to.equal(silent.confidence);
    expect(turned.label).to.equal('b');
    expect(turned.lanes).to.have.all.keys('one', 'all');
  });

  it('tells by how much each lane moved the verdict: what would be lost had it abstained', () => {
    const verdict = vote(ballotOf({ all: { a: 0.4, b: 0.4, c: 0.3 }, one: { c: 0.99 } }));
    expect(verdict.label).to.equal('c');
    const { probabilities, lanes } = verdict;
    const [runnerUp = ''] = LABELS.filter((label) => label !== 'c').sort(
      (x, y) => (probabilities[y] ?? 0) - (probabilities[x] ?? 0),
    );
    const without = vote(ballotOf({ all: { a: 0.4, b: 0.4, c: 0.3 } })).probabilities;
    const gap = (of: Readonly<Record<string, number>>) => Math.log((of.c ?? 0) / (of[runnerUp] ?? 0));
    expect(lanes.one).to.include({ label: 'c', score: Math.fround(0.99) });
    expect(lanes.one?.share).to.be.closeTo(gap(probabilities) - gap(without), 1e-9);
    expect(lanes.one?.share).to.be.above(1);
  });

  it('refuses trees for other lanes or labels, and ballots of lanes that it does not know', () => {
    expect(() => boostedVote({ labels: ['a', 'b'], lanes: LANES, trees })).to.throw(LockstepError, 'labels');
    expect(() => boostedVote({ labels: LABELS, lanes: LANES.slice(1), trees })).to.throw(LockstepError, 'lanes');
    for (const ballot of [
      ballotOf({ other: 0.5 }),
      ballotOf({ one: { b: 0.5 } }),
      ballotOf({ all: { a: 1, c: 0, b: 0 } }),
    ])
      expect(() => vote(ballot))
        .to.throw(LockstepError, 'lanes that the vote knows')
        .with.property('code', 'INVALID_ARGUMENT');
  });
});

describe('fitBoostedVote', () => {
  it('tells how accurate such trees are on rows that they were not fitted to', () => {
    const sample = sampleOf(600);
    const { trees, accuracy } = fitBoostedVote(sample, { rounds: 30 });
    const fresh = sampleOf(6000, 'fresh');
    const vote = boostedVote({ labels: LABELS, lanes: LANES, trees });
    const right = Array.from({ length: 6000 }, (_, row) => row).filter((row) => {
      const [all, one] = fresh.lanes.map(({ columns, scores }) =>
        columns.map((_, i) => scores[row * columns.length + i] ?? 0),
      );
      const [a = 0, b = 0, c = 0] = all ?? [];
      return vote(ballotOf({ all: { a, b, c }, one: { c: one?.[0] ?? 0 } })).label === LABELS[fresh.truth[row] ?? -1];
    });
    expect(accuracy).to.be.closeTo(right.length / 6000, 0.06);
  });

  it('finds how many rounds are enough, fewer where there is less to learn', () => {
    const random = seededRandom('labels');
    const nothing = { ...sampleOf(200), truth: Array.from({ length: 200 }, () => Math.floor(random() * 3)) };
    const rounds = (sample: VoteSample) => fitBoostedVote(sample, { rounds: 40 }).trees.rounds.length;
    expect(rounds(nothing)).to.be.below(rounds(sampleOf(200)));
    expect(rounds(sampleOf(200))).to.be.within(2, 40);
  });

  it('gives the same for the same seed, and knows silence without having heard any', () => {
    const fitted = (seed: number) => JSON.stringify(fitBoostedVote(sampleOf(120), { rounds: 10, seed }).trees);
    expect(fitted(3)).to.equal(fitted(3));
    expect(fitted(3)).not.to.equal(fitted(4));
    const { trees } = fitBoostedVote(sampleOf(900), { rounds: 30, silence: 0.3 });
    const vote = boostedVote({ labels: LABELS, lanes: LANES, trees });
    const { probabilities } = vote(ballotOf({ one: { c: 0.001 } }));
    expect(probabilities.c).to.be.below(0.1);
    expect(Math.min(probabilities.a ?? 0, probabilities.b ?? 0)).to.be.above(0.2);
  });

  it('takes abstentions as they are', () => {
    const sample = sampleOf(60);
    const [all, one] = sample.lanes;
    const silent = {
      columns: [2],
      scores: Array.from(one?.scores ?? [], (score, row) => (row % 2 ? score : Number.NaN)),
    };
    const { trees } = fitBoostedVote({ ...sample, lanes: all ? [all, silent] : [] }, { rounds: 5 });
    expect(trees.features).to.equal(4);
  });

  it('refuses too few rows, scores that do not fit, and options out of range', () => {
    expect(() => fitBoostedVote(sampleOf(9))).to.throw(LockstepError, 'at least 10 rows');
    const sample = sampleOf(30);
    expect(() => fitBoostedVote({ ...sample, lanes: [{ columns: [0], scores: [1] }] })).to.throw(
      LockstepError,
      'lanes[0].scores',
    );
    for (const silence of [-0.1, 1.1, Number.NaN])
      expect(() => fitBoostedVote(sample, { silence })).to.throw(LockstepError, 'silence');
    expect(() => fitBoostedVote(sample, { rounds: 0 })).to.throw(LockstepError, 'rounds');
  });
});
