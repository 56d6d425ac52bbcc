import { expect } from 'chai';
import fc from 'fast-check';
import { checkClasses, labelsOf, shuffle, stratifiedFolds, stratifiedSplit } from '../../src/ensemble/split.ts';
import { seededRandom } from '../../src/subtasks/random.ts';

const rowsOf = (...counts: number[]) =>
  counts.flatMap((count, label) =>
    Array.from({ length: count }, (_, i) => ({ label: `label${label}`, text: `${label}/${i}` })),
  );

describe('stratifiedSplit', () => {
  it('holds the part of each label back, the same for the same seed', () => {
    const rows = rowsOf(100, 20, 2);
    const { training, heldBack } = stratifiedSplit(rows, 0.1, 7);
    const count = (name: string) => heldBack.filter(({ label }) => label === name).length;
    expect([count('label0'), count('label1'), count('label2')]).to.deep.equal([10, 2, 1]);
    expect([...training, ...heldBack]).to.have.members(rows);
    expect(stratifiedSplit(rows, 0.1, 7)).to.deep.equal({ training, heldBack });
    expect(stratifiedSplit(rows, 0.1, 8)).not.to.deep.equal({ training, heldBack });
  });

  it('keeps rows of the same text on one side, whatever their labels', () => {
    const row = fc.record({ label: fc.constantFrom('a', 'b'), text: fc.constantFrom(...'abcdefghij') });
    const always = ['a', 'b'].flatMap((label) => [1, 2].map((i) => ({ label, text: label + i })));
    fc.assert(
      fc.property(fc.array(row), fc.integer(), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (more, seed, part) => {
        const rows = [...always, ...more];
        const { training, heldBack } = stratifiedSplit(rows, part, seed);
        const learned = new Set(training.map(({ text }) => text));
        expect(heldBack.some(({ text }) => learned.has(text))).to.equal(false);
        expect(training.length + heldBack.length).to.equal(rows.length);
        for (const side of [training, heldBack]) expect(labelsOf(side)).to.deep.equal(['a', 'b']);
      }),
    );
  });

  it('refuses a part that is none, and a label with one text only', () => {
    for (const part of [0, 1, -0.1, Number.NaN])
      expect(() => stratifiedSplit(rowsOf(3, 3), part, 1)).to.throw('Expected `validation`');
    expect(() => stratifiedSplit(rowsOf(3, 1), 0.1, 1)).to.throw('got one of "label1"');
  });
});

describe('stratifiedFolds', () => {
  it('holds every row back once, each label in equal parts, the same for the same seed', () => {
    const rows = rowsOf(100, 20, 2);
    const folds = stratifiedFolds(rows, 5, 7);
    expect(folds.flatMap(({ heldBack }) => heldBack)).to.have.members(rows);
    for (const { training, heldBack } of folds) {
      expect([...training, ...heldBack]).to.have.members(rows);
      const count = (name: string) => heldBack.filter(({ label }) => label === name).length;
      expect([count('label0'), count('label1')]).to.deep.equal([20, 4]);
    }
    expect(stratifiedFolds(rows, 5, 7)).to.deep.equal(folds);
    expect(stratifiedFolds(rows, 5, 8)).not.to.deep.equal(folds);
  });

  it('never lets lanes learn from a text that is held back, or from the same words written another way', () => {
    const wording = fc.constantFrom(
      'oil is up',
      'Oil is UP!',
      'oil, is up',
      'rates fall',
      'rates fall.',
      '…',
      '?!',
      '芯片 涨',
      '芯片涨',
    );
    const row = fc.record({ label: fc.constantFrom('a', 'b'), text: wording });
    const always = ['a', 'b'].flatMap((label) => [1, 2].map((i) => ({ label, text: label + i })));
    fc.assert(
      fc.property(fc.array(row), fc.integer(), fc.integer({ min: 2, max: 6 }), (more, seed, count) => {
        const rows = [...always, ...more];
        const folds = stratifiedFolds(rows, count, seed);
        for (const { training, heldBack } of folds) {
          const learned = new Set(training.map(({ text }) => text.toLowerCase().replaceAll(/[ ,.!]/g, '')));
          expect(heldBack.some(({ text }) => learned.has(text.toLowerCase().replaceAll(/[ ,.!]/g, '')))).to.equal(
            false,
          );
          expect(heldBack).to.not.be.empty;
          expect(training.length + heldBack.length).to.equal(rows.length);
        }
        expect(folds.reduce((sum, { heldBack }) => sum + heldBack.length, 0)).to.equal(rows.length);
      }),
    );
  });

  it('refuses one fold, and a label with one text only', () => {
    for (const folds of [0, 1, 2.5]) expect(() => stratifiedFolds(rowsOf(3, 3), folds, 1)).to.throw('Expected `folds`');
    expect(() => stratifiedFolds(rowsOf(3, 1), 2, 1)).to.throw('got one of "label1"');
    expect(stratifiedFolds(rowsOf(2, 2), 9, 1)).to.have.length(4);
  });
});

describe('checkClasses', () => {
  it('wants rows of at least two labels, and of each', () => {
    const error = (rows: ReturnType<typeof rowsOf>, labels: string[]) => {
      try {
        checkClasses(rows, labels);
      } catch (thrown) {
        return thrown;
      }
      return undefined;
    };
    expect(error(rowsOf(1, 1), ['label0', 'label1'])).to.equal(undefined);
    expect(error([], [])).to.include({ code: 'INVALID_DATA', message: 'Expected rows to learn from, got none' });
    expect(error(rowsOf(2), ['label0'])).to.include({
      code: 'INVALID_DATA',
      message: 'Expected at least two labels, got only label0',
    });
    expect(error(rowsOf(2, 2), ['label0', 'label1', 'other'])).to.include({
      code: 'INVALID_DATA',
      message: 'Expected rows of every label, got none of other',
    });
    expect(error(rowsOf(2, 2), ['label0', 'label0'])).to.include({ code: 'INVALID_ARGUMENT' });
  });
});

describe('shuffle', () => {
  it('keeps all items, and is the same for the same seed', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.string(), (items, seed) => {
        const [once, again] = [[...items], [...items]];
        shuffle(once, seededRandom(seed));
        shuffle(again, seededRandom(seed));
        expect(once).to.deep.equal(again).and.to.have.members(items);
      }),
    );
  });
});
