import { expect } from 'chai';
import fc from 'fast-check';
import { LockstepError } from '../../src/errors.ts';
import { BoostedTrees } from '../../src/integrate/boosting/boosted-trees.ts';
import { weightedVote } from '../../src/integrate/weighted-vote.ts';
import { Ballot, Panel } from '../../src/lanes/ballot.ts';
import { type Branchable, branchEarly } from '../../src/lanes/branch-early.ts';
import { layoutOf } from '../../src/lanes/layout.ts';
import type { Subtask } from '../../src/subtasks/subtask.ts';

/** A document that knows what each lane says of it. */
type Said = Readonly<Record<string, readonly number[]>>;
const { signal } = new AbortController();

/** A lane that says what a document tells it to, and keeps a record of whom it was asked about. */
function lane(name: string, labels: readonly string[], cost?: number): Subtask<Said> & { readonly asked: Said[] } {
  const asked: Said[] = [];
  return {
    name,
    labels,
    cost,
    asked,
    score: async (documents) => {
      asked.push(...documents);
      return documents.flatMap((document) => document[name] ?? []);
    },
  };
}

/** The labels by a vote over all lanes of an ensemble. */
async function labelsBy({ subtasks, weights, bias }: Branchable<Said>, documents: readonly Said[]): Promise<string[]> {
  const answers = await Promise.all(
    subtasks.map(async (subtask) => Float32Array.from((await subtask.score(documents, signal)) as ArrayLike<number>)),
  );
  const panel = new Panel(layoutOf(subtasks), answers);
  const vote = weightedVote({ weights, bias });
  return documents.map((_, row) => vote(new Ballot(panel, row)).label);
}

const LABELS = ['a', 'b', 'c'];

describe('branchEarly', () => {
  it('asks costly lanes only about documents that they may still change', async () => {
    const cheap = lane('cheap', ['a', 'b']);
    const costly = lane('costly', ['a', 'b'], 10);
    const branched = branchEarly<Said, Branchable<Said>>({ subtasks: [costly, cheap], weights: { costly: 0.1 } });
    const clear = { cheap: [0.99, 0.01], costly: [0, 1] };
    const open = { cheap: [0.6, 0.4], costly: [0, 1] };
    expect(await labelsBy(branched, [clear, open, clear])).to.deep.equal(['a', 'b', 'a']);
    expect(costly.asked).to.deep.equal([open]);
    expect(cheap.asked).to.deep.equal([clear, open, clear]);
    expect(branched.skips.get('costly')).to.deep.equal({ documents: 3, skipped: 2 });
  });

  it('skips the others from a margin on, if one is given', async () => {
    const costly = lane('costly', ['a', 'b'], 10);
    const ensemble = { subtasks: [lane('cheap', ['a', 'b']), costly] };
    const documents = [0.9, 0.8, 0.6].map((p) => ({ cheap: [p, 1 - p], costly: [0.1, 0.9] }));
    expect(await labelsBy(branchEarly<Said, Branchable<Said>>(ensemble, { margin: 2 }), documents)).to.deep.equal([
      'a',
      'a',
      'b',
    ]);
    expect(costly.asked).to.deep.equal(documents.slice(2));
  });

  it('asks the lanes that are worth most for what they cost first, and the last perhaps about nobody', async () => {
    const lanes = [lane('cheap', ['a', 'b']), lane('dear', ['a', 'b'], 100), lane('fair', ['a', 'b'], 10)];
    const { subtasks, skips } = branchEarly<Said, Branchable<Said>>(
      { subtasks: lanes, weights: { dear: 0.2 } },
      { margin: 3 },
    );
    const batch = [{ cheap: [0.6, 0.4], dear: [0.5, 0.5], fair: [0.95, 0.05] }]; // lanes of a batch are given the same array
    const answers = await Promise.all(subtasks.map((subtask) => subtask.score(batch, signal)));
    expect(answers.map((answer) => Array.from(answer as ArrayLike<number>, Number.isNaN))).to.deep.equal([
      [false, false],
      [true, true],
      [false, false],
    ]);
    expect(Object.fromEntries(skips)).to.deep.equal({
      dear: { documents: 1, skipped: 1 },
      fair: { documents: 1, skipped: 0 },
    });
  });

  it('gives the labels of the whole vote, whatever lanes say, unless a margin is given', async () => {
    const probability = fc.double({ min: 0, max: 1, noNaN: true });
    const subset = fc.subarray(LABELS, { minLength: 1 });
    const lanes = fc.array(
      fc.record({
        labels: subset,
        cost: fc.constantFrom(undefined, 1, 5),
        weight: fc.double({ min: 0, max: 2, noNaN: true }),
      }),
      { minLength: 1, maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(
        lanes,
        fc.array(fc.array(probability, { minLength: 15, maxLength: 15 }), { minLength: 1, maxLength: 6 }),
        async (given, rows) => {
          const subtasks = given.map(({ labels, cost }, i) => lane(`${i}`, labels, cost));
          const ensemble = { subtasks, weights: Object.fromEntries(given.map(({ weight }, i) => [`${i}`, weight])) };
          const documents = rows.map(
            (values): Said =>
              Object.fromEntries(
                given.map(({ labels }, i) => [`${i}`, values.slice(3 * i, 3 * i + labels.length).map(Math.fround)]),
              ),
          );
          expect(await labelsBy(branchEarly<Said, Branchable<Said>>(ensemble), documents)).to.deep.equal(
            await labelsBy(ensemble, documents),
          );
        },
      ),
      { numRuns: 300, endOnFailure: true }, // to shrink this takes for ever,
    );
  });

  it('goes on without a lane that fails, which is the pipeline’s to deal with', async () => {
    const broken: Subtask<Said> = { name: 'broken', labels: ['a', 'b'], score: () => Promise.reject(new Error('no')) };
    const worse: Subtask<Said> = { ...broken, name: 'worse', cost: 2 };
    const costly = lane('costly', ['a', 'b'], 10);
    const { subtasks } = branchEarly<Said, Branchable<Said>>({ subtasks: [broken, worse, costly] });
    const batch = [{ costly: [1, 0] }];
    const answers = await Promise.allSettled(subtasks.map(async (subtask) => subtask.score(batch, signal)));
    expect(answers.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected', 'fulfilled']);
    expect(costly.asked).to.have.length(1);
  });

  it('keeps what else the ensemble has', () => {
    const ensemble = { subtasks: [lane('cheap', ['a', 'b'])], weights: {}, name: 'x' };
    expect(branchEarly<Said, typeof ensemble>(ensemble)).to.include({ name: 'x', weights: ensemble.weights });
  });

  it('refuses odd margins and ensembles without subtasks', () => {
    const subtasks = [lane('cheap', ['a', 'b'])];
    for (const margin of [-1, Number.NaN])
      expect(() => branchEarly<Said, Branchable<Said>>({ subtasks }, { margin }))
        .to.throw(LockstepError, 'Expected `margin` to be a number of at least 0')
        .with.property('code', 'INVALID_ARGUMENT');
    expect(() => branchEarly<Said, Branchable<Said>>({ subtasks: [] })).to.throw(LockstepError);
    const boosted = { labels: ['a', 'b'], lanes: [], trees: new BoostedTrees([0, 0], 1, []) };
    expect(() => branchEarly<Said, Branchable<Said>>({ subtasks: [], boosted })).to.throw(LockstepError, 'boosted');
  });
});
