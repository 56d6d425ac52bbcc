import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { firstValueFrom, from, toArray } from 'rxjs';
import { classify } from '../../operators/index.ts';
import { boostedJson, parseBoosted, rounded } from '../../src/ensemble/boosted-field.ts';
import { loadEnsemble, readEnsemble } from '../../src/ensemble/load.ts';
import type { EnsembleModel } from '../../src/ensemble/model.ts';
import type { Row } from '../../src/ensemble/rows.ts';
import { factsOf, saveEnsemble } from '../../src/ensemble/save.ts';
import { train } from '../../src/ensemble/train.ts';
import { LockstepError } from '../../src/errors.ts';
import { evaluate } from '../../src/evaluate/evaluate.ts';
import { predict } from '../../src/evaluate/predict.ts';
import { explain } from '../../src/explain/explain.ts';
import { BoostedTrees } from '../../src/integrate/boosting/boosted-trees.ts';
import type { BoostedVote } from '../../src/integrate/boosting/boosted-vote.ts';
import { Tree, type TreeNode } from '../../src/integrate/boosting/tree.ts';
import { tinyModel } from './tiny-model.ts';

const LABELS = ['a', 'b'];
/** Those of the tiny model. */
const LANES = [
  { name: 'ngrams', labels: ['b'] },
  { name: 'cnn', labels: ['a', 'b'] },
  { name: 'fcn', labels: ['a'] },
];
const FEATURES = 4;

const number = fc.double({ min: -20, max: 20, noNaN: true });
const nodes: fc.Arbitrary<TreeNode[]> = fc.oneof(
  number.map((value) => [value]),
  fc
    .tuple(fc.nat(FEATURES - 1), number, fc.constantFrom(0 as const, 1 as const), number, number)
    .map(([feature, threshold, missing, left, right]) => [[feature, threshold, missing, 1, 2] as const, left, right]),
);
const votes: fc.Arbitrary<BoostedVote> = fc
  .tuple(fc.tuple(number, number), fc.array(fc.tuple(nodes, nodes), { maxLength: 5 }))
  .map(([baseline, rounds]) => ({
    labels: LABELS,
    lanes: LANES,
    trees: rounded(
      new BoostedTrees(
        baseline,
        FEATURES,
        rounds.map((trees) => trees.map((tree) => new Tree(tree))),
      ),
    ),
  }));

const VOTE: BoostedVote = {
  labels: LABELS,
  lanes: LANES,
  trees: new BoostedTrees([0.5, -0.5], FEATURES, [[new Tree([[1, 0.25, 1, 1, 2], -0.75, 2]), new Tree([0.125])]]),
};

const boosted = (vote: BoostedVote = VOTE): EnsembleModel => {
  const model = tinyModel();
  return { ...model, vote: { ...model.vote, boosted: vote } };
};

async function failure(ended: Promise<unknown>): Promise<LockstepError> {
  const error = await ended.catch((cause: unknown) => cause);
  if (error instanceof LockstepError) return error;
  throw new Error('it did not fail');
}

describe('vote.json', () => {
  it('gives back the trees that went in, exactly', () => {
    fc.assert(
      fc.property(votes, (vote) => {
        const back = parseBoosted(boostedJson(vote), LABELS, LANES);
        expect(JSON.stringify(back)).to.equal(JSON.stringify(vote));
        const features = [0.5, Number.NaN, -3, 2];
        expect(back.trees.probabilities(features)).to.deep.equal(vote.trees.probabilities(features));
      }),
    );
  });

  it('may know lanes that are no longer there', () => {
    expect(parseBoosted(boostedJson(VOTE), LABELS, LANES.slice(1)).lanes).to.deep.equal(LANES);
  });

  it('is refused, with the field named, where it is not what it should be', () => {
    const broken: readonly (readonly [string, (json: Record<string, unknown>) => unknown])[] = [
      ['it is not JSON', () => undefined],
      ['lanes', (json) => ({ ...json, lanes: 3 })],
      ['lanes[0].name', (json) => ({ ...json, lanes: [{ labels: [] }] })],
      ['different names', (json) => ({ ...json, lanes: [...LANES, ...LANES] })],
      ['lane fcn', (json) => ({ ...json, lanes: LANES.slice(0, 2) })],
      ['lane cnn', (json) => ({ ...json, lanes: LANES.map((lane) => ({ ...lane, labels: ['b'] })) })],
      ['boosted trees', (json) => ({ ...json, trees: null })],
      ['baseline', (json) => ({ ...json, trees: { ...VOTE.trees.toJSON(), baseline: [0, 0, 0], rounds: [] } })],
      ['features', (json) => ({ ...json, trees: { ...VOTE.trees.toJSON(), features: 5 } })],
      ['rounds[0][1]', (json) => ({ ...json, trees: { ...VOTE.trees.toJSON(), rounds: [[[1], [[0, 0, 0, 0, 0]]]] } })],
    ];
    for (const [words, change] of broken) {
      const json = JSON.stringify(change(JSON.parse(boostedJson(VOTE)))) ?? '{';
      expect(() => parseBoosted(json, LABELS, LANES), words)
        .to.throw(LockstepError, words)
        .with.property('code', 'INVALID_ENSEMBLE');
    }
  });
});

describe('an ensemble whose vote is boosted', () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'boosted-')), 'tiny');
  });
  afterEach(() => rm(join(folder, '..'), { recursive: true }));

  it('comes back from disk as it was; one without trees has no file of them', async () => {
    await saveEnsemble(boosted(), folder, { precision: 'f32' });
    const { vote } = await readEnsemble(folder);
    expect(JSON.stringify(vote)).to.equal(JSON.stringify(boosted().vote));
    expect(await readdir(folder)).to.include('vote.json');
    await saveEnsemble(tinyModel(), folder);
    expect((await readEnsemble(folder)).vote.boosted).to.equal(undefined);
    expect(await readdir(folder)).not.to.include('vote.json');
  });

  it('is refused with the file named if that is damaged, cut, changed or gone', async () => {
    const path = join(folder, 'vote.json');
    const damages: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['expected the SHA-256', async () => writeFile(path, (await readFile(path, 'utf8')).replace('0.25', '0.26'))],
      ['bytes, got', () => writeFile(path, '{')],
      ['Cannot read', () => rm(path)],
      [
        'trees.features',
        async () => {
          const json = JSON.parse(await readFile(path, 'utf8'));
          const text = JSON.stringify({ ...json, lanes: [...json.lanes, { name: 'more', labels: ['a'] }] });
          await writeFile(path, text);
          const manifest = JSON.parse(await readFile(join(folder, 'ensemble.json'), 'utf8'));
          manifest.files['vote.json'] = factsOf(text);
          await writeFile(join(folder, 'ensemble.json'), JSON.stringify(manifest));
        },
      ],
    ];
    for (const [words, damage] of damages) {
      await saveEnsemble(boosted(), folder);
      await damage();
      expect(await failure(readEnsemble(folder)), words)
        .to.include({ code: 'INVALID_ENSEMBLE' })
        .and.have.property('message')
        .that.includes('vote.json')
        .and.includes(words);
    }
  });

  it('is trained, saved and loaded, and used by whatever labels', async () => {
    const rows: Row[] = Array.from({ length: 120 }, (_, i) => {
      const label = ['cat', 'dog', 'sun'][i % 3] ?? '';
      return { label, text: `${label} ${i % 7} ${['cat', 'dog', 'sun'][(i * 7 + (i % 4)) % 3]} ${i}` };
    });
    const features = { words: [1, 1] } as const;
    const lanes = ['cat', 'dog', 'sun'].map(
      (label) => ({ kind: 'ngrams', name: label, labels: [label], features }) as const,
    );
    const trained = await train(rows, { lanes, folds: 3, vote: 'boosted' });
    expect(trained.vote.boosted?.trees.rounds.length).to.be.above(0);
    expect(trained.accuracy).to.be.within(0.3, 1);
    await saveEnsemble(trained, folder);
    const ensemble = await loadEnsemble(folder, { thread: false });
    try {
      const texts = rows.slice(0, 20).map(({ text }) => text);
      const verdicts = await predict(ensemble, texts);
      // The weights alone would be less, or more, sure.
      const weighted = await predict({ ...ensemble, boosted: undefined }, texts);
      expect(verdicts.map(({ confidence }) => confidence)).not.to.deep.equal(
        weighted.map(({ confidence }) => confidence),
      );
      const streamed = await firstValueFrom(from(texts.map((text) => ({ text }))).pipe(classify(ensemble), toArray()));
      expect(streamed.map(({ verdict }) => verdict.probabilities)).to.deep.equal(
        verdicts.map(({ probabilities }) => probabilities),
      );
      const right = verdicts.filter(({ label }, row) => label === rows[row]?.label).length;
      expect((await evaluate(ensemble, rows.slice(0, 20))).accuracy).to.be.closeTo(right / 20, 1e-12);
      expect((await explain(ensemble, texts[0] ?? '')).confidence).to.equal(verdicts[0]?.confidence);
    } finally {
      await ensemble.close();
    }
  });

  it('is refused by train if the vote is of no known kind', async () => {
    const options = { vote: 'majority' };
    const error = await failure(train([], JSON.parse(JSON.stringify(options))));
    expect(error).to.include({ code: 'INVALID_ARGUMENT' });
  });
});
