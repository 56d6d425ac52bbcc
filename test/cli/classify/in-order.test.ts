import { expect } from 'chai';
import { Observable, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { inOrder, type Placed } from '../../../cli/classify/in-order.ts';

const values: Record<string, Placed> = Object.fromEntries(
  ['0', '1', '2', '3'].map((digit) => [digit, { place: Number(digit) }]),
);
const places = { 1: 1, 2: 2, 3: 3 };

function marbles(test: (helpers: Parameters<Parameters<TestScheduler['run']>[0]>[0]) => void): void {
  new TestScheduler((actual, expected) => {
    expect(actual).to.deep.equal(expected);
  }).run(test);
}

describe('inOrder', () => {
  it('holds documents until those before them are there, or are skipped', () => {
    marbles(({ hot, expectObservable }) => {
      const source = hot<Placed>('  --1--0-----3--|', values);
      const skipped = hot<number>(' --------2------', places);
      const expected = '            -----(01)--3--|';
      expectObservable(source.pipe(inOrder(skipped))).toBe(expected, values);
    });
  });

  it('lets documents go when the one they wait for is skipped', () => {
    marbles(({ hot, expectObservable }) => {
      const source = hot<Placed>('  0-2-3----|', values);
      const skipped = hot<number>(' -----1---', places);
      const expected = '            0----(23)|';
      expectObservable(source.pipe(inOrder(skipped))).toBe(expected, values);
    });
  });

  it('passes errors and ends on, and leaves `skipped` and the source', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<Placed>(' 0-1-#', values);
      const skipped = cold<number>('-', places);
      expectObservable(source.pipe(inOrder(skipped))).toBe('0-1-#', values);
      expectSubscriptions(source.subscriptions).toBe('^---!');
      expectSubscriptions(skipped.subscriptions).toBe('^---!');
    });
  });

  it('never ends for a source that never does', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<Placed>('-').pipe(inOrder(new Subject<number>()))).toBe('-');
    });
  });

  it('starts anew for each subscriber', () => {
    const source = new Observable<Placed>((subscriber) => {
      subscriber.next({ place: 0 });
      subscriber.complete();
    });
    const ordered = source.pipe(inOrder(new Subject<number>()));
    const seen: number[] = [];
    ordered.subscribe(({ place }) => seen.push(place));
    ordered.subscribe(({ place }) => seen.push(place));
    expect(seen).to.deep.equal([0, 0]);
  });
});
