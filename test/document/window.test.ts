import { expect } from 'chai';
import { type Document, receipt } from '../../src/document/document.ts';
import { reject, settle, withReceipt } from '../../src/document/receipt.ts';
import { InFlightWindow } from '../../src/document/window.ts';
import { LockstepError } from '../../src/errors.ts';

const reason = new LockstepError('STAGE_FAILED', 'no');

describe('InFlightWindow', () => {
  it('counts what is out', () => {
    const credits: number[] = [];
    const window = new InFlightWindow(3, () => credits.push(window.credit));
    const [a, b] = [window.admit({ text: 'a' }), window.admit({ text: 'b' })];
    expect(window).to.include({ size: 3, inFlight: 2, credit: 1 });
    settle(a);
    settle(a);
    settle({ ...a });
    expect(window).to.include({ inFlight: 1, credit: 2 });
    settle(b);
    expect(window).to.include({ inFlight: 0, credit: 3 });
    expect(credits).to.deep.equal([2, 3]);
  });

  it('settles the receipt that the document came with first', () => {
    const log: string[] = [];
    const window = new InFlightWindow(1, () => log.push('credit'));
    const handlers = { onAcknowledge: () => log.push('acknowledged'), onReject: () => log.push('rejected') };
    settle(window.admit(withReceipt({ text: 'a' }, handlers)));
    reject(window.admit(withReceipt({ text: 'b' }, handlers)), reason);
    expect(log).to.deep.equal(['acknowledged', 'credit', 'rejected', 'credit']);
  });

  it('takes no dead letters where nobody above does: it would lose them', () => {
    const window = new InFlightWindow(1, () => {});
    const document: Document = window.admit({ text: 'a' });
    expect(document[receipt]?.reject).to.equal(undefined);
    expect(reject(document, reason)).to.equal(false);
    expect(window.inFlight).to.equal(1);
  });

  it('refuses sizes that are no counts', () => {
    for (const size of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => new InFlightWindow(size, () => {})).to.throw(LockstepError, 'maxInFlight');
  });
});
