import { expect } from 'chai';
import fc from 'fast-check';
import { decomposeClasses } from '../../src/decompose/decompose.ts';
import { lanesOver, regrouped } from '../../src/decompose/lanes-over.ts';
import { prepare } from '../../src/ensemble/prepare.ts';
import type { Row } from '../../src/ensemble/rows.ts';
import { train } from '../../src/ensemble/train.ts';
import { LockstepError } from '../../src/errors.ts';
import { checkLanes } from '../../src/subtasks/lane-config.ts';
import { seededRandom } from '../../src/subtasks/random.ts';

const COST = { fixed: 10, each: 2 };
const FEATURES = { words: [1, 1] } as const;

/** Texts of labels in families: half of them have one word of the label's own, all others are the family's; so these are confused. */
function families(labels: readonly string[], familyOf: (label: number) => number, rows = 12, seed = 'families'): Row[] {
  const random = seededRandom(seed);
  const word = (from: string): string => `${from}${Math.floor(random() * 4)}`;
  return labels.flatMap((label, index) =>
    Array.from({ length: rows }, () => ({
      label,
      text: Array.from({ length: 8 }, (_, i) =>
        i + random() < 0.5 ? word(label) : word(`family${familyOf(index)}x`),
      ).join(' '),
    })),
  );
}

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

async function refusal(work: Promise<unknown>): Promise<LockstepError> {
  const error = await work.catch((failure: unknown) => failure);
  if (error instanceof LockstepError) return error;
  throw new Error('it was not refused');
}

describe('decomposeClasses', () => {
  for (const method of ['graph', 'kmeans'] as const)
    it(`puts labels that are like each other in one lane: ${method}`, async () => {
      const rows = families(NAMES, (label) => label % 3);
      const found = await decomposeClasses(rows, { method, lanes: 3, features: FEATURES, cost: COST });
      expect(found.groups).to.deep.equal([
        ['a', 'd'],
        ['b', 'e'],
        ['c', 'f'],
      ]);
      expect(found.within).to.be.above(0.9);
      expect(found.withinByChance).to.be.closeTo(1 / 5, 1e-12);
      expect(found).to.deep.include({ method, labels: NAMES, cost: COST, loads: [14, 14, 14], balance: 1 });
      expect(found.similarity?.length).to.equal(method === 'kmeans' ? 6 : undefined);
    });

  it('gives each label a lane of its own if asked to', async () => {
    const found = await decomposeClasses(
      families(NAMES, () => 0),
      { method: 'class', features: FEATURES, cost: COST },
    );
    expect(found.groups).to.deep.equal(NAMES.map((name) => [name]));
    expect(found).to.include({ within: 0, withinByChance: 0, balance: 1 });
  });

  it('has every label in exactly one lane, loads balanced as well as may be, and the same by the same seed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom('kmeans' as const, 'graph' as const),
        fc.nat(),
        async (count, lanes, method, seed) => {
          fc.pre(lanes <= count);
          const labels = Array.from({ length: count }, (_, i) => `label${i}`);
          const rows = families(labels, (label) => label % 2, 3, `${seed}`);
          const options = { method, lanes, seed, features: FEATURES, cost: COST };
          const found = await decomposeClasses(rows, options);
          expect(found.groups.length).to.equal(lanes);
          expect(found.groups.flat().sort()).to.deep.equal(labels);
          const sizes = found.groups.map((group) => group.length);
          expect(Math.max(...sizes) - Math.min(...sizes)).to.be.at.most(1);
          expect(found.loads).to.deep.equal(sizes.map((size) => 10 + 2 * size));
          expect(await decomposeClasses(rows, options)).to.deep.equal(found);
          expect(JSON.parse(JSON.stringify(found))).to.deep.equal(found);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('measures what a lane costs by a clock that it is given', async () => {
    let time = 0;
    const found = await decomposeClasses(
      families(NAMES, () => 0),
      { features: FEATURES, now: () => time++ },
    );
    // Each run seems to take 1 ms, of 72 documents, whatever the lane.
    expect(found.cost.each).to.equal(0);
    expect(found.cost.fixed).to.be.closeTo(1000 / 72, 1e-9);
    expect(found.groups.length).to.equal(2);
  });

  it('makes as many lanes as the square root of the number of labels, but two', async () => {
    for (const [count, lanes] of [
      [2, 2],
      [3, 2],
      [16, 4],
    ] as const) {
      const labels = Array.from({ length: count }, (_, i) => `label${i}`);
      const rows = families(labels, () => 0, 2);
      expect((await decomposeClasses(rows, { features: FEATURES, cost: COST })).groups.length).to.equal(lanes);
    }
  });

  it('copes with labels of five rows and of one', async () => {
    const rows = [
      ...families(['a', 'b', 'c'], () => 0),
      ...families(['few'], () => 0, 5),
      { label: 'once', text: 'a0' },
    ];
    for (const method of ['kmeans', 'graph'] as const) {
      const { groups } = await decomposeClasses(rows, { method, lanes: 2, features: FEATURES, cost: COST });
      expect(groups.flat().sort()).to.deep.equal(['a', 'b', 'c', 'few', 'once']);
    }
  });

  it('copes with 1,000 labels', async function () {
    this.timeout(60_000);
    const labels = Array.from({ length: 1000 }, (_, i) => `l${i}`);
    const rows = families(labels, (label) => label % 50, 2);
    const { groups, within, withinByChance } = await decomposeClasses(rows, {
      lanes: 50,
      features: FEATURES,
      cost: COST,
    });
    expect(groups.map((group) => group.length)).to.deep.equal(new Array(50).fill(20));
    expect(within).to.be.above(5 * withinByChance);
  });

  it('refuses what cannot be taken apart', async () => {
    const rows = families(NAMES, () => 0);
    const refuse = async (given: readonly Row[], options: object, code: string, words: string) =>
      expect(await refusal(decomposeClasses(given, options)))
        .to.include({ code })
        .and.have.property('message')
        .that.includes(words);
    await refuse([], {}, 'INVALID_DATA', 'got none');
    await refuse(
      families(['a'], () => 0),
      {},
      'INVALID_DATA',
      'at least two labels',
    );
    await refuse(rows, { lanes: 7 }, 'INVALID_ARGUMENT', 'at most the number of labels, 6');
    await refuse(rows, { lanes: 0 }, 'INVALID_ARGUMENT', 'lanes');
    await refuse(rows, { lanes: 2.5 }, 'INVALID_ARGUMENT', 'lanes');
    await refuse(rows, { method: 'class', lanes: 3 }, 'INVALID_ARGUMENT', 'the number of labels, 6');
    await refuse(rows, { method: 'random' }, 'INVALID_ARGUMENT', 'method');
    await refuse(rows, { seed: 0.5 }, 'INVALID_ARGUMENT', 'seed');
    await refuse(rows, { features: {} }, 'INVALID_ARGUMENT', 'features');
    await refuse(rows, { cost: { fixed: Number.NaN, each: 1 } }, 'INVALID_ARGUMENT', 'cost.fixed');
  });
});

describe('lanesOver', () => {
  it('makes lanes that train takes', async () => {
    const rows = families(NAMES, (label) => label % 3);
    const { groups } = await decomposeClasses(rows, { lanes: 3, features: FEATURES, cost: COST });
    const lanes = lanesOver(groups, { kind: 'ngrams', features: FEATURES });
    const trained = await train(rows, { lanes, folds: 2 });
    expect(trained.ngrams.map(({ config: { name, labels } }) => [name, ...labels])).to.deep.equal([
      ['ngrams-1', 'a', 'd'],
      ['ngrams-2', 'b', 'e'],
      ['ngrams-3', 'c', 'f'],
    ]);
    expect(trained.accuracy).to.be.above(0.4);
  });

  it('has each label judged by itself, unless told otherwise; lanes of all kinds pass as such', () => {
    const groups = [['a', 'b'], ['c']];
    const template = { kind: 'dpcnn', filters: 8, blocks: 1 } as const;
    expect(lanesOver(groups, template)).to.deep.equal([
      { ...template, name: 'dpcnn-1', labels: ['a', 'b'], exclusive: false },
      { ...template, name: 'c-dpcnn', labels: ['c'] },
    ]);
    expect(lanesOver(groups, { ...template, exclusive: true })).to.deep.equal([
      { ...template, name: 'dpcnn-1', labels: ['a', 'b'], exclusive: true },
      { ...template, name: 'c-dpcnn', labels: ['c'] },
    ]);
    checkLanes([...lanesOver(groups, template), ...lanesOver(groups, { kind: 'ngrams', features: FEATURES })], 16);
  });
});

describe('regrouped', () => {
  const all = { kind: 'dpcnn', name: 'dpcnn', labels: ['a', 'b', 'c'], filters: 8, blocks: 1 } as const;
  const one = { kind: 'ngrams', name: 'a', labels: ['a'], features: FEATURES } as const;

  it('puts a lane a group in the place of each that is over all labels', () => {
    const { name: _name, labels: _labels, ...template } = all;
    expect(regrouped([one, all], [['a', 'c'], ['b']], all.labels)).to.deep.equal([
      one,
      ...lanesOver([['a', 'c'], ['b']], template),
    ]);
  });

  it('refuses groups that miss a label, have one twice or one that is unknown, or are empty', () => {
    for (const groups of [
      [['a', 'b']],
      [
        ['a', 'b'],
        ['b', 'c'],
      ],
      [['a', 'b', 'd']],
      [['a', 'b', 'c'], []],
    ])
      expect(() => regrouped([all], groups, all.labels))
        .to.throw(LockstepError, 'groups')
        .with.property('code', 'INVALID_ARGUMENT');
  });

  it('is what training does with groups, which it takes in place of lanes only', async () => {
    const rows = families(NAMES.slice(0, 3), () => 0);
    const options = { preset: 'zh', groups: [['a', 'b'], ['c']] } as const;
    const { networks, ngrams } = await prepare(rows, options, 1);
    expect(networks.map(({ name, labels }) => [name, ...labels])).to.deep.equal([
      ['dpcnn-1', 'a', 'b'],
      ['c-dpcnn', 'c'],
    ]);
    expect(ngrams.length).to.equal(3);
    expect(await refusal(prepare(rows, { ...options, lanes: [one] }, 1))).to.include({ code: 'INVALID_ARGUMENT' });
  });
});
