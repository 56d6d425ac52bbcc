import { expect } from 'chai';
import { type Kind, scheduleOf } from './schedule.ts';

describe('the schedule of a chaos run', () => {
  const options = { seed: 7, count: 26, sessionTimeout: 4 };

  it('is the same for the same seed, and another for another', () => {
    expect(scheduleOf(options)).to.deep.equal(scheduleOf(options));
    expect(scheduleOf(options)).not.to.deep.equal(scheduleOf({ ...options, seed: 8 }));
  });

  it('has each kind in its proportion, spread over the documents in rising order', () => {
    const schedule = scheduleOf(options);
    const times = (kind: Kind): number => schedule.filter((disturbance) => disturbance.kind === kind).length;
    expect([times('kill'), times('terminate'), times('freeze'), times('join')]).to.deep.equal([8, 4, 6, 4]);
    expect([times('kill-broker'), times('restart-broker')]).to.deep.equal([2, 2]);
    schedule.forEach(({ at }, i) => {
      expect(at).to.be.within(i / 26, (i + 1) / 26);
    });
  });

  it('freezes for longer than the session lasts', () => {
    for (const { kind, lasts } of scheduleOf(options))
      if (kind === 'freeze') expect(lasts).to.be.within(5, 7);
      else if (kind !== 'join') expect(lasts).to.equal(0);
  });
});
