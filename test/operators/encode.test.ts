import { expect } from 'chai';
import { of } from 'rxjs';
import {
  characters,
  type DeadLetter,
  deadLetter,
  encode,
  tokenize,
  UNKNOWN,
  Vocabulary,
} from '../../operators/index.ts';
import type { Document, Tokenized } from '../../src/document/document.ts';
import { LockstepError } from '../../src/errors.ts';
import { collect } from '../support/collect.ts';
import { behavesLikeAnOperator, textOf } from './family.ts';

const tokens = (text: string) => characters()(text);
const vocabulary = new Vocabulary(['a', 'b', '科']);

describe('encode', () => {
  behavesLikeAnOperator({
    operator: () => encode(vocabulary),
    input: (text) => ({ text, tokens: tokens(text) }),
    letter: textOf,
  });

  it('adds one id a token, and how many of them stand for unknown ones', () => {
    const document = Object.freeze({ text: 'b x科y', id: 7, tokens: tokens('b x科y') });
    const { values } = collect(of(document).pipe(encode(vocabulary)));
    expect(values).to.deep.equal([{ ...document, ids: Int32Array.of(3, UNKNOWN, 4, UNKNOWN), unknown: 2 }]);
    expect(document).not.to.have.property('ids');
  });

  it('encodes what `tokenize` made', () => {
    const [document] = collect(of({ text: 'ab' }).pipe(tokenize(characters()), encode(vocabulary))).values;
    expect(document?.ids).to.deep.equal(Int32Array.of(2, 3));
    expect(document?.unknown).to.equal(0);
  });

  it('gives a document without tokens no ids', () => {
    const { values } = collect(of({ text: '', tokens: [] }).pipe(encode(vocabulary)));
    expect(values).to.deep.equal([{ text: '', tokens: [], ids: new Int32Array(0), unknown: 0 }]);
  });

  it('knows no token under an empty vocabulary', () => {
    const { values } = collect(of({ text: 'ab', tokens: tokens('ab') }).pipe(encode(new Vocabulary([]))));
    expect(values[0]).to.deep.include({ ids: Int32Array.of(UNKNOWN, UNKNOWN), unknown: 2 });
  });

  it('cuts nothing', () => {
    const text = 'a'.repeat(100_000);
    const [document] = collect(of({ text, tokens: tokens(text) }).pipe(encode(vocabulary))).values;
    expect(document?.ids).to.have.length(100_000);
  });

  const wrong: (Document & Tokenized)[] = JSON.parse(
    '[{ "text": "a" }, { "text": "a", "tokens": {} }, { "tokens": [] }, null]',
  );
  for (const document of wrong)
    it(`makes a dead letter of ${JSON.stringify(document)}, or errors`, () => {
      const { error } = collect(of(document).pipe(encode(vocabulary)));
      expect(error).to.be.instanceOf(LockstepError).with.property('code', 'INVALID_DOCUMENT');
      const letters: DeadLetter[] = [];
      const guarded = deadLetter<Document & Tokenized>((letter) => void letters.push(letter));
      const { values, end } = collect(of(document, { text: 'b', tokens: [] }).pipe(guarded, encode(vocabulary)));
      expect([values.length, end]).to.deep.equal([1, 'complete']);
      expect(letters.map(({ reason }) => reason.code)).to.deep.equal(['INVALID_DOCUMENT']);
    });

  it('errors with `STAGE_FAILED` for tokens that are none', () => {
    const document: Document & Tokenized = JSON.parse('{ "text": "a", "tokens": [null] }');
    const { error } = collect(of(document).pipe(encode(vocabulary)));
    expect(error).to.be.instanceOf(LockstepError).with.property('code', 'STAGE_FAILED');
  });

  it('refuses what is no vocabulary', () => {
    for (const wrong of [undefined, null, ['a'], new Map([['a', 2]])])
      expect(() => Reflect.apply(encode, undefined, [wrong]))
        .to.throw(LockstepError, 'Expected `vocabulary` to be a Vocabulary')
        .with.property('code', 'INVALID_ARGUMENT');
  });
});
