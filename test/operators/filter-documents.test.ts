import { expect } from 'chai';
import { map, of } from 'rxjs';
import { acknowledge, type DeadLetter, deadLetter, filterDocuments } from '../../operators/index.ts';
import type { Document } from '../../src/document/document.ts';
import { LockstepError } from '../../src/errors.ts';
import { virtually } from '../../src/testing/index.ts';
import { collect } from '../support/collect.ts';
import { behavesLikeAnOperator, lettered, textOf } from './family.ts';

describe('filterDocuments', () => {
  behavesLikeAnOperator({ operator: () => filterDocuments(() => true), input: lettered, letter: textOf });

  it('lets through those for which the predicate holds, and acknowledges the others', () => {
    virtually(({ hot, expectDocuments, expectAcknowledged }) => {
      const documents = hot('-a-b-(bc)-|').pipe(filterDocuments(({ text }) => text !== 'b'));
      expectDocuments(documents).toBe('-a---c----|');
      expectAcknowledged('bb');
    });
  });

  it('settles each once when the chain ends in `acknowledge`', () => {
    virtually(({ hot, expectDocuments, expectAcknowledged, expectSettled }) => {
      const documents = hot('-a-b-c-|').pipe(
        filterDocuments(({ text }) => text !== 'b'),
        acknowledge(),
      );
      expectDocuments(documents).toBe('-a---c-|');
      expectAcknowledged('abc');
      expectSettled();
    });
  });

  it('passes the very document on, not a copy', () => {
    const document = { text: 'a' };
    expect(collect(of(document).pipe(filterDocuments(() => true))).values[0]).to.equal(document);
  });

  it('completes when it lets nothing through', () => {
    virtually(({ hot, expectDocuments, expectAcknowledged }) => {
      expectDocuments(hot('-a-b-|').pipe(filterDocuments(() => false))).toBe('-----|');
      expectAcknowledged('ab');
    });
  });

  it('drops what has no receipt', () => {
    expect(collect(of({ text: 'a' }).pipe(filterDocuments(() => false)))).to.include({ end: 'complete' });
  });

  const failure = new Error('cannot say');
  const exceptB = ({ text }: Document): boolean => {
    if (text === 'b') throw failure;
    return true;
  };

  it('makes a dead letter of a document for which the predicate throws, once, and does not acknowledge it', () => {
    virtually(({ hot, expectDocuments, expectAcknowledged, expectRejected, expectSettled, deadLetters }) => {
      expectDocuments(hot('-a-b-c-|').pipe(filterDocuments(exceptB), acknowledge())).toBe('-a---c-|');
      expectAcknowledged('ac');
      expectRejected('b');
      expectSettled();
      return () => {
        expect(deadLetters[0]?.reason).to.include({ code: 'STAGE_FAILED', cause: failure });
      };
    })();
  });

  it('errors with the cause when the predicate throws and nobody takes dead letters', () => {
    const { values, error } = collect(of('a', 'b', 'c').pipe(map(lettered), filterDocuments(exceptB)));
    expect(values.map(textOf)).to.deep.equal(['a']);
    expect(error).to.be.instanceOf(LockstepError).and.to.include({ code: 'STAGE_FAILED', cause: failure });
    expect(error).to.have.property('message', 'filterDocuments failed for a document: cannot say');
  });

  it('makes a dead letter of what has no text, without asking the predicate', () => {
    const letters: DeadLetter[] = [];
    const document: Document = JSON.parse('{ "id": 1 }');
    const filtered = of(document).pipe(
      deadLetter((letter) => void letters.push(letter)),
      filterDocuments(() => expect.fail('it was asked')),
    );
    expect(collect(filtered).end).to.equal('complete');
    expect(letters.map(({ reason }) => reason.code)).to.deep.equal(['INVALID_DOCUMENT']);
  });

  it('refuses what is no predicate', () => {
    for (const wrong of [undefined, null, true, {}])
      expect(() => Reflect.apply(filterDocuments, undefined, [wrong]))
        .to.throw(LockstepError, 'Expected `predicate` to be a function')
        .with.property('code', 'INVALID_ARGUMENT');
  });
});
