import { expect } from 'chai';
import { of } from 'rxjs';
import type { Document } from '../../src/document/document.ts';
import { mapDocuments } from '../../src/document/map-documents.ts';
import { withReceipt } from '../../src/document/receipt.ts';
import { LockstepError } from '../../src/errors.ts';
import { collect } from '../support/collect.ts';

describe('mapDocuments', () => {
  it('passes on whatever the stage makes, also undefined and null', () => {
    for (const value of [undefined, null, 0, '', false])
      expect(collect(of({ text: 'a' }).pipe(mapDocuments('stage', () => value))).values).to.deep.equal([value]);
  });

  it('leaves an error that has a code as it is', () => {
    const error = new LockstepError('INVALID_DATA', 'mine');
    const stage = mapDocuments<Document, never>('stage', () => {
      throw error;
    });
    expect(collect(of({ text: 'a' }).pipe(stage)).error).to.equal(error);
  });

  it('wraps any other, naming the stage and the document', () => {
    const cause = new RangeError('out of range');
    const stage = mapDocuments<Document, never>('shout', () => {
      throw cause;
    });
    const { error } = collect(of({ text: 'a', id: 0 }).pipe(stage));
    expect(error).to.be.instanceOf(LockstepError).and.to.include({ code: 'STAGE_FAILED', cause });
    expect(error).to.have.property('message', 'shout failed for document 0: out of range');
  });

  it('errors when a document is rejected that nobody takes, and goes on when somebody does', () => {
    const stage = mapDocuments<Document, string>('stage', ({ text }) => {
      if (text === 'b') throw new Error('no b');
      return text;
    });
    const taken: string[] = [];
    const b = (onReject?: () => void) => withReceipt({ text: 'b' }, { onAcknowledge: () => expect.fail(), onReject });
    expect(collect(of({ text: 'a' }, b(), { text: 'c' }).pipe(stage))).to.deep.include({ values: ['a'], end: 'error' });
    const seen = collect(
      of(
        { text: 'a' },
        b(() => taken.push('b')),
        { text: 'c' },
      ).pipe(stage),
    );
    expect(seen).to.deep.include({ values: ['a', 'c'], end: 'complete' });
    expect(taken).to.deep.equal(['b']);
  });
});
