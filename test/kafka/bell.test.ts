import { expect } from 'chai';
import { Bell } from '../../src/kafka/bell.ts';
import { FakeTime, turn } from './fake-time.ts';

describe('Bell', () => {
  const woken = (bell: Bell, milliseconds: number): string[] => {
    const log: string[] = [];
    void bell.wait(milliseconds).then(() => log.push('woken'));
    return log;
  };

  it('wakes all who wait, each once', async () => {
    const time = new FakeTime();
    const bell = new Bell(time);
    const [a, b] = [woken(bell, 100), woken(bell, 200)];
    await time.pass(50);
    expect([a, b]).to.deep.equal([[], []]);
    bell.ring();
    bell.ring();
    await time.pass(500);
    expect([a, b]).to.deep.equal([['woken'], ['woken']]);
    expect(time.waiting).to.equal(0);
  });

  it('wakes who has waited long enough, and only him', async () => {
    const time = new FakeTime();
    const bell = new Bell(time);
    const [a, b] = [woken(bell, 100), woken(bell, 200)];
    await time.pass(100);
    expect([a, b]).to.deep.equal([['woken'], []]);
    expect(bell.waiting).to.equal(1);
  });

  it('can be rung when nobody waits, which wakes nobody who comes later', async () => {
    const time = new FakeTime();
    const bell = new Bell(time);
    bell.ring();
    const late = woken(bell, 100);
    await turn();
    expect(late).to.deep.equal([]);
  });

  it('forgets those whose time has passed, however long nobody rings', async () => {
    const time = new FakeTime();
    const bell = new Bell(time);
    for (let i = 0; i < 1000; i++) {
      void bell.wait(100);
      await time.pass(100);
    }
    expect(bell.waiting).to.equal(0);
  });
});
