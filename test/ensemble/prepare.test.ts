import { expect } from 'chai';
import fc from 'fast-check';
import { prepare } from '../../src/ensemble/prepare.ts';
import type { Row } from '../../src/ensemble/rows.ts';
import type { TrainOptions } from '../../src/ensemble/train-options.ts';
import { wordingOf } from '../../src/ensemble/wording.ts';

const LANES: TrainOptions['lanes'] = [
  { kind: 'ngrams', name: 'words', labels: ['a', 'b'], features: { words: [1, 1] } },
];
/** Enough that each label can be learned and held back. */
const ALWAYS: readonly Row[] = ['a', 'b'].flatMap((label) => [1, 2, 3].map((i) => ({ label, text: `${label} ${i}` })));

const rowsOf = (count: number): Row[] =>
  Array.from({ length: count }, (_, i) => ({ label: i % 2 === 0 ? 'a' : 'b', text: `number ${i}` }));

describe('prepare', () => {
  it('never tries a lane with a row that it has seen, or that a row of the same words, or a part of it, has told', async () => {
    const word = fc.constantFrom('oil', 'Oil', 'is', 'up', 'UP', 'again', 'today', '涨');
    const text = fc
      .tuple(fc.array(word, { minLength: 1, maxLength: 6 }), fc.constantFrom('', '!', ' .'))
      .map(([words, end]) => `${words.join(' ')}${end}`);
    const row = fc.record({ label: fc.constantFrom('a', 'b'), text });
    const options = fc.constantFrom<TrainOptions>({ folds: 1 }, { folds: 2 }, { folds: 3 }, { validation: 0.3 }, {});
    await fc.assert(
      fc.asyncProperty(fc.array(row), fc.array(row), options, fc.integer(), async (more, extra, how, seed) => {
        const rows = [...ALWAYS, ...more];
        const { trials, all } = await prepare(rows, { ...how, lanes: LANES, extra }, seed);
        expect(all).to.deep.equal([...rows, ...extra]);
        for (const { training, heldBack } of trials) {
          const held = new Set(heldBack.map((one) => wordingOf(one.text)));
          const own = new Set<Row>(rows);
          for (const one of training) {
            const words = wordingOf(one.text);
            // An extra row of up to three words says too little of the row that it may be a part of.
            if (own.has(one)) expect(held.has(words)).to.equal(false);
            else if (words.split(' ').length >= 4)
              expect([...held].some((whole) => ` ${whole} `.includes(` ${words} `))).to.equal(false);
          }
        }
        const held = trials.flatMap(({ heldBack }) => heldBack);
        expect(new Set(held).size).to.equal(held.length);
      }),
      { numRuns: 60 },
    );
  });

  it('tries with every row where there are few, and with a tenth of many', async () => {
    const trialsOf = async (count: number) => (await prepare(rowsOf(count), { lanes: LANES }, 1)).trials;
    expect((await trialsOf(100)).map(({ heldBack }) => heldBack.length)).to.deep.equal([20, 20, 20, 20, 20]);
    expect((await trialsOf(20_000)).map(({ heldBack }) => heldBack.length)).to.deep.equal([2000]);
  });

  it('learns nothing from rows that the caller holds back, neither weights nor words', async () => {
    const lanes: TrainOptions['lanes'] = [{ kind: 'fcn', name: 'x', labels: ['a', 'b'], hidden: [], pooling: 'mean' }];
    const validation = [1, 2].map(() => ({ label: 'a', text: 'unheard of' }));
    const { trials, all, part } = await prepare(rowsOf(40), { lanes, validation }, 1);
    expect(all).to.equal(undefined);
    expect(trials).to.deep.equal([{ training: rowsOf(40), heldBack: validation }]);
    const [split] = trials;
    if (split === undefined) throw new Error('no trial');
    const { vocabulary, heldBack } = part(split);
    expect(vocabulary.tokens).to.not.include('unheard');
    expect(heldBack.map(({ unknown }) => unknown)).to.deep.equal([2, 2]);
  });
});
