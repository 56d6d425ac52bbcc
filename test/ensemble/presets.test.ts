import { expect } from 'chai';
import { type DataSize, presetOf } from '../../src/ensemble/presets.ts';
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
        ['dpcnn', 'gru', 'a', 'a-phrases'],
        Array.from({ length: 1000 }, (_, i) => `label ${i}`),
      ]) {
        const lanes = presetOf(name, []).lanes(labels, { rows: 50_000, tokens: 10 });
        expect(() => checkLanes(lanes, 256)).not.to.throw();
        for (const label of labels)
          expect(lanes.filter((lane) => lane.labels.includes(label))).to.have.length.of.at.least(2);
        expect(lanes.length).to.be.below(12);
      }
      expect(presetOf(name, []).lanes(['b', 'a'])[0]).to.include({ kind: 'ngrams', name: 'b' });
    });
  }

  it('en: reads texts that are many and short with a recurrence too', () => {
    const kindsAt = (size?: DataSize) =>
      presetOf('en', [])
        .lanes(['a', 'b'], size)
        .map(({ kind }) => kind);
    expect(kindsAt({ rows: 50_000, tokens: 11 })).to.include('rnn');
    for (const size of [undefined, { rows: 5000, tokens: 11 }, { rows: 50_000, tokens: 100 }])
      expect(kindsAt(size)).to.not.include('rnn');
  });
});
