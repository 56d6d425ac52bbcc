import { expect } from 'chai';
import { map, mergeMap, Observable, type OperatorFunction, of, take } from 'rxjs';
import type { Document } from '../../src/document/document.ts';
import { type Marbles, marbles } from '../support/marbles.ts';

/** What {@link behavesLikeAnOperator} puts through an operator, and how it reads what comes out. */
export interface Family<I, O> {
  /** The operator, made anew for each test. */
  readonly operator: (helpers: Marbles) => OperatorFunction<I, O>;
  /** What stands for a letter of a marble at its source. */
  readonly input: (letter: string, helpers: Marbles) => I;
  /** The letter again, of what the operator made of it. */
  readonly letter: (output: O) => string;
  /** Whether it emits from within the emission of its source. @default true */
  readonly synchronous?: boolean;
}

/** The document whose text is a letter. */
export const lettered = (letter: string): Document => ({ text: letter });
/** The text of a document. */
export const textOf = ({ text }: Document): string => text;

/**
 * The tests that RxJS gives each of its operators, for one that emits what it takes, on the same frame: marbles at its source are
 * the marbles of its result.
 */
export function behavesLikeAnOperator<I, O>({ operator, input, letter, synchronous = true }: Family<I, O>): void {
  const inputs = (helpers: Marbles) => Object.fromEntries([...'abcdef'].map((each) => [each, input(each, helpers)]));

  for (const [what, marble, subscription] of [
    ['never ends if its source does not', '-', '^'],
    ['is empty if its source is, at once', '|', '(^!)'],
    ['is empty if its source is', '---|', '^--!'],
    ['passes on one', '--a--|', '^----!'],
    ['passes on many, some together', '-a-b-(cd)---e-|', '^-------------!'],
    ['passes an error, at once', '#', '(^!)'],
    ['passes an error, after what came before it', '-a-b--#', '^-----!'],
    ['stays subscribed to a source that does not end', '-a-b--', '^'],
  ] as const)
    it(what, () => {
      marbles((helpers) => {
        const { cold, expectObservable, expectSubscriptions } = helpers;
        const source = cold(marble, inputs(helpers));
        expectObservable(source.pipe(operator(helpers), map(letter))).toBe(marble);
        expectSubscriptions(source.subscriptions).toBe(subscription);
      });
    });

  it('leaves its source when it is unsubscribed from', () => {
    marbles((helpers) => {
      const { hot, expectObservable, expectSubscriptions } = helpers;
      const source = hot('  -a--b--c--d-|', inputs(helpers));
      const unsubscribe = ' -----!';
      const expected = '    -a--b-';
      const subscription = '^----!';
      expectObservable(source.pipe(operator(helpers), map(letter)), unsubscribe).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it('does not break the chain when it is unsubscribed from', () => {
    marbles((helpers) => {
      const { hot, expectObservable, expectSubscriptions } = helpers;
      const source = hot('  -a--b--c--d-|', inputs(helpers));
      const unsubscribe = ' -----!';
      const expected = '    -a--b-';
      const subscription = '^----!';
      const result = source.pipe(
        mergeMap((value) => of(value)),
        operator(helpers),
        mergeMap((value) => of(letter(value))),
      );
      expectObservable(result, unsubscribe).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it('leaves its source when what comes after it has had enough', () => {
    marbles((helpers) => {
      const { hot, expectObservable, expectSubscriptions } = helpers;
      const source = hot('  -a--b--c--d-|', inputs(helpers));
      const expected = '    -a--(b|)';
      const subscription = '^---!';
      expectObservable(source.pipe(operator(helpers), map(letter), take(2))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  if (synchronous)
    it('reads no more of a synchronous source than `take` lets through', () => {
      marbles((helpers) => {
        const read: string[] = [];
        const source = new Observable<I>((subscriber) => {
          for (const each of 'abcdef') {
            if (subscriber.closed) return;
            read.push(each);
            subscriber.next(input(each, helpers));
          }
          subscriber.complete();
        });
        const letters: string[] = [];
        source.pipe(operator(helpers), map(letter), take(3)).subscribe((each) => letters.push(each));
        expect(letters).to.deep.equal(['a', 'b', 'c']);
        expect(read).to.deep.equal(['a', 'b', 'c']);
      });
    });

  it('starts anew for each subscriber', () => {
    marbles((helpers) => {
      const { cold, expectObservable } = helpers;
      const result = cold('-a-b-|', inputs(helpers)).pipe(operator(helpers), map(letter));
      expectObservable(result).toBe('-a-b-|');
      expectObservable(result, '---^').toBe('----a-b-|');
    });
  });
}
