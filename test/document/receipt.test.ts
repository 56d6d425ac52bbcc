import { expect } from 'chai';
import { type DeadLetter, type Document, receipt } from '../../src/document/document.ts';
import { extend } from '../../src/document/extend.ts';
import { receiptOf, reject, settle, withReceipt } from '../../src/document/receipt.ts';
import { LockstepError } from '../../src/errors.ts';

const reason = new LockstepError('STAGE_FAILED', 'no');

function tracked(document: Document = { text: 'a' }) {
  const log: string[] = [];
  const letters: DeadLetter[] = [];
  const carrying = withReceipt(document, {
    onAcknowledge: () => log.push('acknowledged'),
    onReject: (letter) => {
      log.push('rejected');
      letters.push(letter);
    },
  });
  return { document: carrying, log, letters };
}

describe('a receipt', () => {
  it('survives a spread, extend and Object.assign', () => {
    const { document, log } = tracked();
    const copies = [{ ...document, mine: 1 }, extend(document, { mine: 1 }), Object.assign({}, document)];
    for (const copy of copies) expect(receiptOf(copy)).to.equal(document[receipt]);
    for (const copy of copies) settle(copy);
    expect(log).to.deep.equal(['acknowledged']);
  });

  it('is not seen by JSON.stringify, Object.keys and for..in', () => {
    const { document } = tracked({ text: 'a', id: 1 });
    expect(JSON.stringify(document)).to.equal('{"text":"a","id":1}');
    expect(Object.keys(document)).to.deep.equal(['text', 'id']);
    const fields: string[] = [];
    for (const field in document) fields.push(field);
    expect(fields).to.deep.equal(['text', 'id']);
  });

  it('leaves the original document as it is', () => {
    const original = Object.freeze({ text: 'a', id: 1 });
    expect(tracked(original).document).not.to.equal(original);
    expect(original).not.to.have.property(receipt);
  });

  it('is one symbol in every copy of the library in a process', () => {
    expect(receipt).to.equal(Symbol.for('rx-lockstep.receipt'));
  });

  for (const [what, steps, expected] of [
    ['acknowledge twice', [settle, settle], ['acknowledged']],
    ['reject twice', [reject, reject], ['rejected']],
    ['acknowledge, then reject', [settle, reject], ['acknowledged']],
    ['reject, then acknowledge', [reject, settle], ['rejected']],
  ] as const)
    it(`is settled by the first call alone: ${what}`, () => {
      const { document, log } = tracked();
      expect(receiptOf(document)?.settled).to.equal(false);
      for (const step of steps) {
        step(document, reason);
        expect(receiptOf(document)?.settled).to.equal(true);
      }
      expect(log).to.deep.equal(expected);
    });

  it('is settled before the handlers run, so that they may call it again', () => {
    let calls = 0;
    const document: Document = withReceipt(
      { text: 'a' },
      {
        onAcknowledge: () => {
          calls++;
          settle(document);
          reject(document, reason);
        },
      },
    );
    settle(document);
    expect(calls).to.equal(1);
  });
});

describe('reject', () => {
  it('hands over the document as it is now, and the reason', () => {
    const { document, letters } = tracked();
    const later = { ...document, mine: true };
    expect(reject(later, reason)).to.equal(true);
    expect(letters).to.deep.equal([{ document: later, reason }]);
  });

  it('says when nobody takes dead letters', () => {
    expect(reject({ text: 'a' }, reason)).to.equal(false);
    expect(reject(withReceipt({ text: 'a' }, { onAcknowledge: () => expect.fail() }), reason)).to.equal(false);
    expect(reject(JSON.parse('null'), reason)).to.equal(false);
  });
});

describe('settle', () => {
  it('does nothing with what has no receipt', () => {
    for (const document of ['{ "text": "a" }', 'null', '7', '"text"']) settle(JSON.parse(document));
  });
});
