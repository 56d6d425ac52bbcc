import { expect } from 'chai';
import { map, of, toArray } from 'rxjs';
import { type DeadLetter, deadLetter, tokenize } from '../../operators/index.ts';
import type { Document } from '../../src/document/document.ts';
import { withReceipt } from '../../src/document/receipt.ts';
import { LockstepError } from '../../src/errors.ts';
import { characters } from '../../src/language/tokenizers.ts';
import { collect } from '../support/collect.ts';
import { marbles } from '../support/marbles.ts';
import { behavesLikeAnOperator, lettered, textOf } from './family.ts';

describe('tokenize', () => {
  behavesLikeAnOperator({ operator: () => tokenize(characters()), input: lettered, letter: textOf });

  it('adds tokens, keeps every field of the document and leaves the original as it is', () => {
    const document = Object.freeze({ text: '科 A', id: 7, mine: { deep: true } });
    const { values } = collect(of(document).pipe(tokenize(characters())));
    expect(values).to.deep.equal([
      {
        ...document,
        tokens: [
          { text: '科', start: 0, end: 1 },
          { text: 'A', start: 2, end: 3 },
        ],
      },
    ]);
    expect(values[0]?.mine).to.equal(document.mine);
    expect(document).not.to.have.property('tokens');
  });

  it('gives an empty text no tokens', () => {
    expect(collect(of({ text: '' }).pipe(tokenize(characters()))).values).to.deep.equal([{ text: '', tokens: [] }]);
  });

  const failure = new Error('no b here');
  const withoutB = (text: string) => {
    if (text === 'b') throw failure;
    return characters()(text);
  };

  it('errors with `STAGE_FAILED` and the cause when the tokenizer throws and nobody takes dead letters', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot<string>('-a-b-c-|');
      const expected = '          -a-#';
      const subscription = '      ^--!';
      const texts = source.pipe(
        map((text) => ({ text, id: `#${text}` })),
        tokenize(withoutB),
        map(textOf),
      );
      const error = new LockstepError('STAGE_FAILED', 'tokenize failed for document #b: no b here', { cause: failure });
      expectObservable(texts).toBe(expected, undefined, error);
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it('makes a dead letter of a document for which the tokenizer throws; the others go on', () => {
    const letters: DeadLetter[] = [];
    marbles(({ hot, expectObservable }) => {
      const texts = hot<string>('-a-b-c-|').pipe(
        map((text) => ({ text })),
        deadLetter((letter) => void letters.push(letter)),
        tokenize(withoutB),
        map(textOf),
      );
      expectObservable(texts).toBe('-a---c-|');
    });
    expect(letters.map(({ document }) => document.text)).to.deep.equal(['b']);
    expect(letters[0]?.reason).to.include({ code: 'STAGE_FAILED', cause: failure });
  });

  it('tells of anything that was thrown', () => {
    for (const [thrown, message] of [
      ['text', 'tokenize failed for a document: "text"'],
      [undefined, 'tokenize failed for a document: undefined'],
      [{ a: 1 }, 'tokenize failed for a document: Object'],
    ] as const) {
      const tokenizer = () => {
        throw thrown;
      };
      const { error } = collect(of({ text: 'a' }).pipe(tokenize(tokenizer)));
      expect(error).to.be.instanceOf(LockstepError).with.property('message', message);
      expect(error).to.include({ code: 'STAGE_FAILED', cause: thrown });
    }
  });

  const wrong: Document[] = JSON.parse('[null, {}, { "text": 5 }, { "text": null }, "text", 7]');

  for (const document of wrong) {
    it(`errors with \`INVALID_DOCUMENT\` for ${JSON.stringify(document)}`, () => {
      const { error } = collect(of(document).pipe(tokenize(characters())));
      expect(error).to.be.instanceOf(LockstepError).with.property('code', 'INVALID_DOCUMENT');
    });

    it(`makes a dead letter of ${JSON.stringify(document)} in the place of a document`, () => {
      const codes: string[] = [];
      const guarded = deadLetter(({ reason }) => void codes.push(reason.code));
      const { values, end } = collect(of(document, { text: 'b' }).pipe(guarded, tokenize(characters()), map(textOf)));
      expect(codes).to.deep.equal(['INVALID_DOCUMENT']);
      expect(values).to.deep.equal(['b']);
      expect(end).to.equal('complete');
    });
  }

  it('makes a dead letter of a document without a text', () => {
    const reasons: string[] = [];
    const document: Document = withReceipt(JSON.parse('{ "id": 3 }'), {
      onAcknowledge: () => expect.fail('it was acknowledged'),
      onReject: ({ reason }) => reasons.push(reason.code),
    });
    const { values, end } = collect(of(document, { text: 'b' }).pipe(tokenize(characters()), map(textOf), toArray()));
    expect(values).to.deep.equal([['b']]);
    expect(end).to.equal('complete');
    expect(reasons).to.deep.equal(['INVALID_DOCUMENT']);
  });

  it('refuses what is no tokenizer', () => {
    for (const wrong of [undefined, null, 'words', {}])
      expect(() => Reflect.apply(tokenize, undefined, [wrong]))
        .to.throw(LockstepError, 'Expected `tokenizer` to be a function')
        .with.property('code', 'INVALID_ARGUMENT');
  });
});
