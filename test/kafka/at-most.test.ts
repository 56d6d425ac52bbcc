import { expect } from 'chai';
import { atMost } from '../../src/kafka/at-most.ts';
import { FakeTime, turn } from './fake-time.ts';

describe('atMost', () => {
  it('waits for a promise, and leaves no timer', async () => {
    const time = new FakeTime();
    expect(await atMost(100, Promise.resolve(1), time)).to.equal(true);
    expect(await atMost(100, Promise.reject(new Error('no')), time)).to.equal(true);
    expect(time.waiting).to.equal(0);
  });

  it('waits no longer than it was told', async () => {
    const time = new FakeTime();
    let settled: boolean | undefined;
    void atMost(100, new Promise(() => {}), time).then((value) => {
      settled = value;
    });
    await time.pass(99);
    expect(settled).to.equal(undefined);
    await time.pass(1);
    expect(settled).to.equal(false);
  });

  it('does not let a promise that rejects too late go unhandled', async () => {
    const time = new FakeTime();
    const waiting = atMost(
      10,
      time.wait(20).then(() => Promise.reject(new Error('late'))),
      time,
    );
    await time.pass(10);
    expect(await waiting).to.equal(false);
    await time.pass(10);
    await turn();
  });
});
