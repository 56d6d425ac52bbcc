import { expect } from 'chai';
import { EMPTY, lastValueFrom, map, NEVER, of, Subject, take, throwError } from 'rxjs';
import { acknowledge, type DeadLetter, deadLetter, filterDocuments } from '../../operators/index.ts';
import type { Document } from '../../src/document/document.ts';
import { receipt } from '../../src/document/document.ts';
import { reject, settle, withReceipt } from '../../src/document/receipt.ts';
import { LockstepError } from '../../src/errors.ts';
import { collect } from '../support/collect.ts';
import { behavesLikeAnOperator, lettered, textOf } from './family.ts';

const exceptB = filterDocuments(({ text }: Document) => {
  if (text === 'b') throw new Error('not b');
  return true;
});

describe('deadLetter', () => {
  behavesLikeAnOperator({ operator: () => deadLetter(() => {}), input: lettered, letter: textOf });

  const log: string[] = [];
  const tracked = (text: string): Document =>
    withReceipt({ text }, { onAcknowledge: () => log.push(`${text} acknowledged`) });
  const documents = of('a', 'b', 'c').pipe(map(tracked));
  beforeEach(() => log.splice(0));

  it('hands over the document as it was at the stage that failed, with the reason; then acknowledges it', () => {
    const letters: DeadLetter[] = [];
    const result = documents.pipe(
      deadLetter((letter) => {
        letters.push(letter);
        log.push(`${letter.document.text} handled`);
      }),
      map((document) => ({ ...document, mine: 1 })),
      exceptB,
      acknowledge(),
    );
    expect(collect(result)).to.deep.include({ end: 'complete' });
    expect(log).to.deep.equal(['a acknowledged', 'b handled', 'b acknowledged', 'c acknowledged']);
    expect(letters).to.have.length(1);
    expect(letters[0]?.document).to.include({ text: 'b', mine: 1 });
    expect(letters[0]?.reason).to.be.instanceOf(LockstepError).with.property('code', 'STAGE_FAILED');
  });

  it('takes documents that came without a receipt', () => {
    const letters: string[] = [];
    const result = of('a', 'b').pipe(
      map(lettered),
      deadLetter(({ document }) => void letters.push(document.text)),
      exceptB,
    );
    expect(collect(result).values.map(textOf)).to.deep.equal(['a']);
    expect(letters).to.deep.equal(['b']);
  });

  it('is asked of the nearest one above', () => {
    const result = documents.pipe(
      deadLetter(() => expect.fail('the outer one was asked')),
      deadLetter(({ document }) => void log.push(`${document.text} handled`)),
      exceptB,
    );
    collect(result);
    expect(log).to.deep.equal(['b handled', 'b acknowledged']);
  });

  for (const [what, pending] of [
    ['a promise', async () => log.push('written')],
    ['an Observable', () => of(log.push('written'))],
    ['an Observable that is empty', () => EMPTY],
  ] as const)
    it(`waits for ${what} before it acknowledges`, async () => {
      const result = documents.pipe(deadLetter(pending), exceptB, acknowledge());
      await lastValueFrom(result);
      await new Promise(setImmediate);
      expect(log.filter((entry) => entry === 'b acknowledged')).to.have.length(1);
      if (what !== 'an Observable that is empty')
        expect(log.indexOf('written')).to.be.below(log.indexOf('b acknowledged'));
    });

  it('does not acknowledge while what it was given is pending', () => {
    collect(
      documents.pipe(
        deadLetter(() => NEVER),
        exceptB,
        acknowledge(),
      ),
    );
    expect(log).to.deep.equal(['a acknowledged', 'c acknowledged']);
  });

  it('writes a letter to its end although the stream has ended', () => {
    const writing = new Subject<void>();
    const { end } = collect(
      documents.pipe(
        deadLetter(() => writing),
        exceptB,
        acknowledge(),
      ),
    );
    expect(end).to.equal('complete');
    writing.complete();
    expect(log.at(-1)).to.equal('b acknowledged');
  });

  const failure = new Error('disk full');
  for (const [what, handle] of [
    [
      'throws',
      () => {
        throw failure;
      },
    ],
    ['gives an Observable that errors', () => throwError(() => failure)],
  ] as const)
    it(`errors the stream if the handler ${what}, and does not acknowledge`, () => {
      const { values, error } = collect(documents.pipe(deadLetter(handle), exceptB, acknowledge()));
      expect(values.map(textOf)).to.deep.equal(['a']);
      expect(error).to.equal(failure);
      expect(log).to.deep.equal(['a acknowledged']);
    });

  it('errors the stream if the promise of the handler rejects', async () => {
    const open = new Subject<Document>();
    const seen = collect(
      open.pipe(
        deadLetter(() => Promise.reject(failure)),
        exceptB,
        acknowledge(),
      ),
    );
    open.next(tracked('b'));
    await new Promise(setImmediate);
    expect(seen.error).to.equal(failure);
    expect(log).to.deep.equal([]);
  });

  it('does not wait for what is no object: a handler may be `(letter) => letters.push(letter)`', () => {
    const letters: unknown[] = [];
    const handle = Reflect.apply(deadLetter, undefined, [(letter: unknown) => letters.push(letter)]);
    expect(collect(documents.pipe(handle, exceptB))).to.include({ error: undefined, end: 'complete' });
    expect(letters).to.have.length(1);
  });

  it('errors the stream if the handler gives an object that cannot be waited for', () => {
    const handle = Reflect.apply(deadLetter, undefined, [() => ({ not: 'a promise' })]);
    expect(collect(documents.pipe(handle, exceptB)).error).to.be.instanceOf(TypeError);
  });

  it('handles a document once, though several reject it, and not after it was acknowledged', () => {
    let handled = 0;
    const reason = new LockstepError('STAGE_FAILED', 'no');
    collect(
      documents.pipe(
        deadLetter(() => void handled++),
        take(2),
      ),
      (document) => {
        if (document.text === 'a') settle(document);
        expect(reject(document, reason)).to.equal(true);
        expect(reject({ ...document }, reason)).to.equal(true);
        settle(document);
      },
    );
    expect(handled).to.equal(1);
    expect(log).to.deep.equal(['a acknowledged', 'b acknowledged']);
  });

  it('tells whether a document is settled', () => {
    collect(documents.pipe(deadLetter(() => NEVER)), (document) => {
      expect(document[receipt]?.settled).to.equal(false);
      reject(document, new LockstepError('STAGE_FAILED', 'no'));
      expect(document[receipt]?.settled).to.equal(true);
    });
  });

  it('refuses what is no handler', () => {
    for (const wrong of [undefined, null, 'log', {}])
      expect(() => Reflect.apply(deadLetter, undefined, [wrong]))
        .to.throw(LockstepError, 'Expected `handle` to be a function')
        .with.property('code', 'INVALID_ARGUMENT');
  });
});
