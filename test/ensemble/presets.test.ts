import { expect } from 'chai';
import { presetOf } from '../../src/ensemble/presets.ts';
import { LockstepError } from '../../src/errors.ts';
import { checkLanes } from '../../src/subtasks/lane-config.ts';

const NAMES = ['zh', 'en'] as const;

describe('presetOf', () => {
  it('goes by the script of the rows, or by name', () => {
    const han = [{ label: 'a', text: '央行宣布下调存款准备金率' }];
    expect(presetOf(undefined, han)).to.equal(presetOf('zh', []));
    expect(presetOf(undefined, [{ label: 'a', text: 'Stocks rally' }])).to.equal(presetOf('en', han));
    expect(() => presetOf(JSON.parse('"fr"'), [])).to.throw(LockstepError, '`preset`');
  });

  for (const name of NAMES) {
    it(`${name}: gives each of a few labels a lane of its own and one in common, and many labels common ones`, () => {
      for (const labels of [
        ['b', 'a'],
        ['dpcnn', 'a', 'a-phrases'],
        Array.from({ length: 1000 }, (_, i) => `label ${i}`),
      ]) {
        const lanes = presetOf(name, []).lanes(labels);
        expect(() => checkLanes(lanes, 256)).not.to.throw();
        for (const label of labels)
          expect(lanes.filter((lane) => lane.labels.includes(label))).to.have.length.of.at.least(2);
        expect(lanes.length).to.be.below(12);
      }
      expect(presetOf(name, []).lanes(['b', 'a'])[0]).to.include({ kind: 'ngrams', name: 'b' });
    });
  }
});
