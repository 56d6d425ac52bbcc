import { expect } from 'chai';
import { takeLetters } from '../../../cli/serve/letters.ts';
import type { DeadLetter } from '../../../src/document/document.ts';
import { LockstepError } from '../../../src/errors.ts';
import { testLog } from './log-lines.ts';

function letter(offset: number): DeadLetter {
  const kafka = { topic: 'documents', partition: 1, offset: String(offset) };
  const document = { text: 'a private text', id: 'a private name', kafka };
  return { document, reason: new LockstepError('INVALID_DATA', 'Expected JSON, got "a private text"') };
}

describe('dead letters of serve', () => {
  it('are counted, told of with their place, and handed on', async () => {
    const { log, lines } = testLog();
    const counted: DeadLetter[] = [];
    const handed: DeadLetter[] = [];
    const written = Promise.resolve();
    let closed = 0;
    const next = Object.assign(
      (each: DeadLetter) => {
        handed.push(each);
        return written;
      },
      { close: async () => void closed++ },
    );
    const take = takeLetters({ log, logDocuments: false, count: (each) => counted.push(each), next });
    const sent = letter(7);
    expect(take(sent)).to.equal(written);
    await take.close?.();
    expect([counted, handed, closed]).to.deep.equal([[sent], [sent], 1]);
    expect(lines()).to.deep.equal([
      { level: 'warn', code: 'INVALID_DATA', topic: 'documents', partition: 1, offset: '7', msg: 'a dead letter' },
    ]);
  });

  it('end here where there is no topic for them', async () => {
    const { log } = testLog();
    const take = takeLetters({ log, logDocuments: false, count: () => {}, next: undefined });
    expect(take(letter(1))).to.equal(undefined);
    await take.close?.();
  });

  it('show nothing of the document, unless told to', () => {
    for (const logDocuments of [false, true]) {
      const { log, text } = testLog('trace');
      takeLetters({ log, logDocuments, count: () => {}, next: undefined })(letter(1));
      expect(text().includes('private text')).to.equal(logDocuments);
      expect(text()).not.to.include('private name');
    }
  });

  it('may come without a place', () => {
    const { log, lines } = testLog();
    const take = takeLetters({ log, logDocuments: false, count: () => {}, next: undefined });
    take({ ...letter(1), document: { text: 'x' } });
    expect(lines()).to.deep.equal([{ level: 'warn', code: 'INVALID_DATA', msg: 'a dead letter' }]);
  });

  it('do not flood the log: ten in ten seconds, and then how many were not shown', () => {
    const { log, lines } = testLog();
    let now = 5;
    let count = 0;
    const take = takeLetters({ log, logDocuments: false, count: () => count++, next: undefined, now: () => now });
    for (let i = 0; i < 1000; i++) take(letter(i));
    expect([lines().length, count]).to.deep.equal([10, 1000]);
    now += 9_999;
    take(letter(1000));
    expect(lines()).to.have.length(10);
    now += 1;
    take(letter(1001));
    take(letter(1002));
    expect(
      lines()
        .map(({ offset, notShown }) => [offset, notShown])
        .slice(9),
    ).to.deep.equal([
      ['9', undefined],
      ['1001', 991],
      ['1002', undefined],
    ]);
  });
});
