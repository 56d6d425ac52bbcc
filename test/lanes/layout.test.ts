import { expect } from 'chai';
import { LockstepError } from '../../src/errors.ts';
import { layoutOf } from '../../src/lanes/layout.ts';

describe('layoutOf', () => {
  it('lists the labels in the order in which they first occur, and for each lane where its own stand', () => {
    const layout = layoutOf([
      { name: 'cnn', labels: ['tech', 'finance'] },
      { name: 'rnn', labels: ['culture'] },
      { name: 'fcn', labels: ['culture', 'tech', 'sport'] },
    ]);
    expect(layout).to.deep.equal({
      labels: ['tech', 'finance', 'culture', 'sport'],
      lanes: [
        { name: 'cnn', labels: ['tech', 'finance'], columns: [0, 1] },
        { name: 'rnn', labels: ['culture'], columns: [2] },
        { name: 'fcn', labels: ['culture', 'tech', 'sport'], columns: [2, 0, 3] },
      ],
    });
  });

  it('refuses no lanes, and two of the same name', () => {
    const lane = { name: 'cnn', labels: ['tech'] };
    for (const lanes of [[], [lane, lane]])
      expect(() => layoutOf(lanes))
        .to.throw(LockstepError, 'different names')
        .with.property('code', 'INVALID_ARGUMENT');
  });
});
