import { expect } from 'chai';
import { LockstepError } from '../../src/errors.ts';
import { Counters } from '../../src/observe/counters.ts';
import type { LockstepEvent } from '../../src/observe/events.ts';
import { observeWith } from '../../src/observe/observe-with.ts';
import { Timeline } from '../../src/observe/timeline.ts';
import { Script } from './script.ts';

describe('observeWith', () => {
  it('tells each observer each event, in their order', () => {
    const told: string[] = [];
    const observe = observeWith(
      ({ type }: LockstepEvent) => told.push(`first ${type}`),
      ({ type }: LockstepEvent) => told.push(`second ${type}`),
    );
    new Script(observe).stall(1).bubble(2, 1);
    expect(told).to.deep.equal(['first stall', 'second stall', 'first bubble', 'second bubble']);
  });

  it('takes the observers of a timeline and of counters as they are', () => {
    const counters = new Counters();
    const timeline = new Timeline();
    new Script(observeWith(counters.record, timeline.record)).issue(0, 0);
    expect(counters.snapshot().batches).to.equal(1);
    expect(timeline.toText()).to.include('batch 0');
  });

  it('may have nobody to tell', () => {
    expect(() => new Script(observeWith()).issue(0, 0)).not.to.throw();
  });

  it('refuses what is no observer', () => {
    for (const observers of [[new Counters()], [() => undefined, undefined]])
      expect(() => Reflect.apply(observeWith, undefined, observers))
        .to.throw(LockstepError, /`observers` to be functions/)
        .with.property('code', 'INVALID_ARGUMENT');
  });
});
