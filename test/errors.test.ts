import { expect } from 'chai';
import { checkCount, invalidArgument, LockstepError, describe as shown } from '../src/errors.ts';

describe('LockstepError', () => {
  it('carries a code, a cause and its name', () => {
    const cause = new Error('inner');
    const error = new LockstepError('SUBTASK_FAILED', 'outer', { cause });
    expect(error)
      .to.be.instanceOf(Error)
      .and.to.include({ name: 'LockstepError', code: 'SUBTASK_FAILED', message: 'outer', cause });
    expect(String(error)).to.equal('LockstepError: outer');
    expect(error.stack).to.include('errors.test.ts');
    expect(new LockstepError('OVERFLOW', 'full')).not.to.have.property('cause');
  });
});

describe('describe', () => {
  class Mine {}
  for (const [value, expected] of [
    [undefined, 'undefined'],
    [null, 'null'],
    ['text', '"text"'],
    ['two\nlines', '"two\\nlines"'],
    ['x'.repeat(60), `"${'x'.repeat(60)}"`],
    ['x'.repeat(61), `"${'x'.repeat(57)}..."`],
    [7, '7'],
    [Number.NaN, 'NaN'],
    [false, 'false'],
    [7n, '7n'],
    [Symbol('s'), 'Symbol(s)'],
    [[1, 2, 3], 'array of 3'],
    [{ a: 1 }, 'Object'],
    [new Mine(), 'Mine'],
    [new Map(), 'Map'],
    [Object.create(null), 'object'],
    [function named() {}, 'function named'],
    [() => {}, 'function (anonymous)'],
  ] as const)
    it(`shows ${expected.slice(0, 30)}`, () => {
      expect(shown(value)).to.equal(expected);
    });
});

describe('invalidArgument', () => {
  it('says which, what was expected, what came and of which type', () => {
    const error = invalidArgument('period', 'a number', '5');
    expect(error).to.be.instanceOf(LockstepError).and.to.include({
      code: 'INVALID_ARGUMENT',
      message: 'Expected `period` to be a number, got "5" (string)',
    });
  });
});

describe('checkCount', () => {
  it('gives back what is a count', () => {
    expect(checkCount('n', 1)).to.equal(1);
    expect(checkCount('n', Number.MAX_SAFE_INTEGER)).to.equal(Number.MAX_SAFE_INTEGER);
    expect(checkCount('n', 0, { min: 0 })).to.equal(0);
    expect(checkCount('n', Number.POSITIVE_INFINITY, { infinity: true })).to.equal(Number.POSITIVE_INFINITY);
  });

  it('refuses what is none', () => {
    for (const wrong of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])
      expect(() => checkCount('n', wrong)).to.throw(LockstepError, 'Expected `n` to be an integer of at least 1, got');
    for (const wrong of ['1', null, undefined, [1], 1n, true])
      expect(() => Reflect.apply(checkCount, undefined, ['n', wrong])).to.throw(LockstepError, 'Expected `n`');
    for (const wrong of [Number.NEGATIVE_INFINITY, 2])
      expect(() => checkCount('n', wrong, { min: 3, infinity: true })).to.throw(
        LockstepError,
        'at least 3 or Infinity',
      );
  });
});
