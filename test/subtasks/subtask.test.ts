import { expect } from 'chai';
import { LockstepError } from '../../src/errors.ts';
import { subtask } from '../../src/subtasks/subtask.ts';

describe('subtask', () => {
  const score = (): number[] => [1];

  it('is its name, its labels and its function', () => {
    expect(subtask('tech', ['tech', 'other'], score)).to.deep.equal({ name: 'tech', labels: ['tech', 'other'], score });
  });

  for (const [what, name, labels, scorer] of [
    ['name', '', ['a'], score],
    ['name', 7, ['a'], score],
    ['name', undefined, ['a'], score],
    ['labels', 'tech', [], score],
    ['labels', 'tech', ['a', 'a'], score],
    ['labels', 'tech', ['a', 7], score],
    ['labels', 'tech', 'abc', score],
    ['labels', 'tech', undefined, score],
    ['score', 'tech', ['a'], undefined],
    ['score', 'tech', ['a'], [1]],
  ] as const)
    it(`refuses ${JSON.stringify({ name, labels })} for its ${what}`, () => {
      expect(() => Reflect.apply(subtask, undefined, [name, labels, scorer]))
        .to.throw(LockstepError, `Expected \`${what}\` to be`)
        .with.property('code', 'INVALID_ARGUMENT');
    });
});
