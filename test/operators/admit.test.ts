import { expect } from 'chai';
import { map, of, Subject, tap } from 'rxjs';
import { type AdmitOptions, acknowledge, admit, deadLetter, receipt } from '../../operators/index.ts';
import type { Document } from '../../src/document/document.ts';
import { reject, settle, withReceipt } from '../../src/document/receipt.ts';
import { LockstepError } from '../../src/errors.ts';
import { collect } from '../support/collect.ts';
import { marbles } from '../support/marbles.ts';
import { behavesLikeAnOperator, lettered, textOf } from './family.ts';

/** A source that cannot wait, what came through `admit`, and what became of the documents upstream. */
function admitted(options: AdmitOptions, ...texts: string[]) {
  const source = new Subject<Document>();
  const log: string[] = [];
  const seen = collect(source.pipe(admit(options)));
  const push = (text: string): void => source.next(withReceipt({ text }, { onAcknowledge: () => log.push(text) }));
  texts.forEach(push);
  return { source, seen, push, log, texts: () => seen.values.map(textOf).join('') };
}

describe('admit', () => {
  behavesLikeAnOperator({ operator: () => admit(), input: lettered, letter: textOf });

  it('lets `maxInFlight` documents through, and one more for each that is settled', () => {
    const { seen, texts, log } = admitted({ maxInFlight: 2 }, 'a', 'b', 'c', 'd');
    expect(texts()).to.equal('ab');
    for (const document of seen.values.slice(1)) settle(document);
    expect(texts()).to.equal('abc');
    expect(log).to.deep.equal(['b']);
  });

  it('has the marble of its docstring', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('        -a-b-c-------|');
      const expected = '          -a-b-----c---|';
      const acknowledged = hot('  ---------a----');
      const subscription = '      ^------------!';
      const out = new Map<string, Document>();
      acknowledged.subscribe((text) => settle(out.get(text) ?? expect.fail()));
      const texts = source.pipe(
        map(lettered),
        admit({ maxInFlight: 2 }),
        tap((document) => out.set(document.text, document)),
        map(textOf),
      );
      expectObservable(texts).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it('completes when what waits has gone', () => {
    const { source, seen, texts } = admitted({ maxInFlight: 1 }, 'a', 'b');
    source.complete();
    expect(seen.end).to.equal(undefined);
    for (const document of [...seen.values]) settle(document);
    expect(texts()).to.equal('ab');
    expect(seen.end).to.equal('complete');
  });

  it('gives one credit for a document that is settled twice', () => {
    const { seen, texts, log } = admitted({ maxInFlight: 1, maxWaiting: 2 }, 'a', 'b', 'c');
    const [first] = seen.values;
    if (first) settle(first);
    if (first) settle({ ...first });
    expect(texts()).to.equal('ab');
    expect(log).to.deep.equal(['a']);
  });

  it('gives the credit of a dead letter back', () => {
    const source = new Subject<Document>();
    const letters: string[] = [];
    const seen = collect(
      source.pipe(
        deadLetter(({ document }) => void letters.push(document.text)),
        admit({ maxInFlight: 1 }),
      ),
    );
    for (const text of 'ab') source.next({ text });
    expect(seen.values.map(textOf)).to.deep.equal(['a']);
    const [first] = seen.values;
    expect(first && reject(first, new LockstepError('STAGE_FAILED', 'no'))).to.equal(true);
    expect(letters).to.deep.equal(['a']);
    expect(seen.values.map(textOf)).to.deep.equal(['a', 'b']);
  });

  it('takes no dead letters itself', () => {
    const { seen } = admitted({}, 'a');
    expect(seen.values[0]?.[receipt]?.reject).to.equal(undefined);
  });

  it('does not recurse when documents are acknowledged as they come', () => {
    const documents = of(...Array.from({ length: 20_000 }, (_, id) => ({ text: 'x', id })));
    const seen = collect(documents.pipe(admit({ maxInFlight: 1, maxWaiting: 0 }), acknowledge()));
    expect(seen).to.include({ end: 'complete' });
    expect(seen.values).to.have.length(20_000);
  });

  it('takes a document that comes from within the subscriber, as long as there is credit', () => {
    const source = new Subject<Document>();
    const seen = collect(source.pipe(admit({ maxInFlight: 3, maxWaiting: 0 })), ({ text }) => {
      if (text.length < 3) source.next({ text: `${text}a` });
    });
    source.next({ text: 'a' });
    expect(seen.values.map(textOf)).to.deep.equal(['a', 'aa', 'aaa']);
    expect(seen.error).to.equal(undefined);
    source.next({ text: 'b' });
    expect(seen.error).to.have.property('code', 'OVERFLOW');
  });

  describe('when everything is full', () => {
    it('errors with `OVERFLOW` by default, after what was let through', () => {
      const { seen, texts, log } = admitted({ maxInFlight: 2 }, 'a', 'b', 'c', 'd', 'e');
      expect(texts()).to.equal('ab');
      expect(seen.error).to.be.instanceOf(LockstepError).and.to.include({
        code: 'OVERFLOW',
        message: 'Expected at most 2 documents in flight and 2 waiting, got one more',
      });
      expect(log).to.deep.equal([]);
    });

    it('drops the newest', () => {
      const { seen, push, texts, log } = admitted(
        { maxInFlight: 1, maxWaiting: 2, overflow: 'drop-newest' },
        ...'abcde',
      );
      expect(log).to.deep.equal(['d', 'e']); // acknowledged upstream: dropped, as asked
      push('f');
      seen.values.forEach(settle);
      expect(texts()).to.equal('ab');
      for (let i = 1; i < 4; i++) seen.values.slice(i).forEach(settle);
      expect(texts()).to.equal('abc');
      expect(log.join('')).to.equal('defabc');
    });

    it('drops the oldest that waits', () => {
      const { seen, texts, log } = admitted({ maxInFlight: 1, maxWaiting: 2, overflow: 'drop-oldest' }, ...'abcde');
      expect(log).to.deep.equal(['b', 'c']);
      for (let i = 0; i < 3; i++) seen.values.slice(i).forEach(settle);
      expect(texts()).to.equal('ade');
    });

    for (const overflow of ['drop-newest', 'drop-oldest'] as const)
      it(`drops the one that came if none may wait (${overflow})`, () => {
        const { texts, log } = admitted({ maxInFlight: 1, maxWaiting: 0, overflow }, ...'abc');
        expect(texts()).to.equal('a');
        expect(log).to.deep.equal(['b', 'c']);
      });

    it('makes dead letters of what it drops if somebody above takes them', () => {
      const source = new Subject<Document>();
      const letters: string[] = [];
      const handle = deadLetter(({ document, reason }) => void letters.push(`${document.text} ${reason.code}`));
      collect(source.pipe(handle, admit({ maxInFlight: 1, maxWaiting: 0, overflow: 'drop-newest' })));
      for (const text of 'abc') source.next({ text });
      expect(letters).to.deep.equal(['b OVERFLOW', 'c OVERFLOW']);
    });
  });

  it('lets nothing through after it was unsubscribed from', () => {
    const { seen, texts } = admitted({ maxInFlight: 1 }, 'a', 'b');
    seen.unsubscribe();
    seen.values.forEach(settle);
    expect(texts()).to.equal('a');
  });

  it('has 1024 in flight and as many waiting by default', () => {
    const { source, seen } = admitted({});
    for (let i = 0; i < 2048; i++) source.next({ text: 'x' });
    expect(seen.values).to.have.length(1024);
    expect(seen.error).to.equal(undefined);
    source.next({ text: 'x' });
    expect(seen.error).to.have.property('code', 'OVERFLOW');
  });

  it('refuses options out of range', () => {
    for (const maxInFlight of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => admit({ maxInFlight })).to.throw(LockstepError, 'maxInFlight');
    for (const maxWaiting of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => admit({ maxWaiting })).to.throw(LockstepError, 'maxWaiting');
    for (const overflow of ['drop', '', null, 1])
      expect(() => Reflect.apply(admit, undefined, [{ overflow }])).to.throw(
        LockstepError,
        'error, drop-newest, drop-oldest',
      );
  });
});
