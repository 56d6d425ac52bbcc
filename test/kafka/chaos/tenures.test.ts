import { expect } from 'chai';
import { Tenures } from './tenures.ts';

describe('tenures', () => {
  const tenures = new Tenures({
    commits: [
      { partition: 0, offset: 10, at: 150 },
      { partition: 1, offset: 7, at: 160 },
      { partition: 0, offset: 20, at: 200 },
      { partition: 0, offset: 30, at: 250 },
    ],
    generations: [
      {
        number: 1,
        at: 100,
        owners: new Map([
          [0, 'a'],
          [1, 'a'],
        ]),
      },
      {
        number: 2,
        at: 200,
        owners: new Map([
          [0, 'a'],
          [1, 'b'],
        ]),
      },
      {
        number: 3,
        at: 300,
        owners: new Map([
          [0, 'b'],
          [1, 'b'],
        ]),
      },
    ],
  });

  it('begin where the group had committed', () => {
    expect(tenures.of('a', 0, 101)).to.deep.equal({ generation: 1, from: 0 });
    expect(tenures.of('b', 1, 201)).to.deep.equal({ generation: 2, from: 7 });
    expect(tenures.of('a', 0, 201)).to.deep.equal({ generation: 2, from: 20 });
    expect(tenures.of('b', 0, 301)).to.deep.equal({ generation: 3, from: 30 });
  });

  it('are the last that a worker had, however late it hears of it', () => {
    expect(tenures.of('a', 0, 1000)).to.deep.equal({ generation: 2, from: 20 });
  });

  it('are not there for what the group did not give', () => {
    expect(tenures.of('b', 0, 250)).to.equal(undefined);
    expect(tenures.of('a', 0, 99)).to.equal(undefined);
    expect(tenures.of('c', 0, 1000)).to.equal(undefined);
  });
});
