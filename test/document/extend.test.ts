import { expect } from 'chai';
import { extend } from '../../src/document/extend.ts';

describe('extend', () => {
  it('is what a spread is', () => {
    const mine = Symbol('mine');
    const document = Object.freeze({ text: 'a', id: 1, [mine]: 2 });
    expect(extend(document, { id: 3, tokens: [] })).to.deep.equal({ ...document, id: 3, tokens: [] });
    expect(extend(document, {})).not.to.equal(document);
  });
});
