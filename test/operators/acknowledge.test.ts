import { expect } from 'chai';
import { map, of, take, tap } from 'rxjs';
import { acknowledge } from '../../operators/index.ts';
import type { Document } from '../../src/document/document.ts';
import { withReceipt } from '../../src/document/receipt.ts';
import { virtually } from '../../src/testing/index.ts';
import { collect } from '../support/collect.ts';
import { behavesLikeAnOperator, lettered, textOf } from './family.ts';

describe('acknowledge', () => {
  behavesLikeAnOperator({ operator: () => acknowledge(), input: lettered, letter: textOf });

  const log: string[] = [];
  const tracked = (text: string): Document =>
    withReceipt({ text }, { onAcknowledge: () => log.push(`${text} acknowledged`) });
  beforeEach(() => log.splice(0));

  it('acknowledges each document once its subscriber has taken it', () => {
    collect(of('a', 'b').pipe(map(tracked), acknowledge()), ({ text }) => log.push(`${text} taken`));
    expect(log).to.deep.equal(['a taken', 'a acknowledged', 'b taken', 'b acknowledged']);
  });

  it('acknowledges each once, though others in the chain do so as well', () => {
    const result = of('a', 'b').pipe(
      map(tracked),
      map((document) => ({ ...document, mine: true })),
      acknowledge(),
      acknowledge(),
    );
    expect(collect(result).values.map(textOf)).to.deep.equal(['a', 'b']);
    expect(log).to.deep.equal(['a acknowledged', 'b acknowledged']);
  });

  it('acknowledges every document of a stream', () => {
    virtually(({ hot, expectDocuments, expectAcknowledged, expectSettled }) => {
      expectDocuments(hot('-a-b-(cd)-|').pipe(acknowledge())).toBe('-a-b-(cd)-|');
      expectAcknowledged('abcd');
      expectSettled();
    });
  });

  it('acknowledges the last that `take` lets through, and none after it', () => {
    collect(of('a', 'b', 'c').pipe(map(tracked), acknowledge(), take(2)));
    expect(log).to.deep.equal(['a acknowledged', 'b acknowledged']);
  });

  it('acknowledges nothing that a stage above it fails for', () => {
    const failing = tap(({ text }: Document) => {
      if (text === 'b') throw new Error('failed');
    });
    const { end } = collect(of('a', 'b', 'c').pipe(map(tracked), failing, acknowledge()));
    expect(end).to.equal('error');
    expect(log).to.deep.equal(['a acknowledged']);
  });

  it('passes a document without a receipt, and what is no document', () => {
    const document: Document = JSON.parse('null');
    expect(collect(of({ text: 'a' }, document).pipe(acknowledge())).values).to.deep.equal([{ text: 'a' }, null]);
  });
});
