import { expect } from 'chai';
import { EMPTY, NEVER, Observable, of, Subject, type Subscriber, take, throwError } from 'rxjs';
import { type StageHandlers, StageSubscriber } from '../../src/rx/stage-subscriber.ts';
import { collect } from '../support/collect.ts';

/** An operator made of handlers, as the operators of this library are. */
const stage =
  <T>(handlers: (subscriber: Subscriber<T>) => Partial<StageHandlers<T>>) =>
  (source: Observable<T>): Observable<T> =>
    new Observable((subscriber) => {
      const { next = (value: T) => subscriber.next(value), ...rest } = handlers(subscriber);
      source.subscribe(new StageSubscriber<T, T>(subscriber, { next, ...rest }));
    });

const failure = new Error('failed');
const failing = (): never => {
  throw failure;
};

describe('StageSubscriber', () => {
  it('hands over what comes, and completes', () => {
    expect(collect(of(1, 2).pipe(stage(() => ({}))))).to.deep.include({ values: [1, 2], end: 'complete' });
    expect(collect(EMPTY.pipe(stage(() => ({}))))).to.deep.include({ values: [], end: 'complete' });
    expect(collect(NEVER.pipe(stage(() => ({}))))).to.deep.include({ values: [], end: undefined });
  });

  it('passes an error of the source', () => {
    expect(collect(throwError(() => failure).pipe(stage(() => ({}))))).to.include({ end: 'error', error: failure });
  });

  it('leaves it to the handler when to complete', () => {
    let finish = (): void => {};
    const seen = collect(
      of(1).pipe(
        stage((subscriber) => ({
          complete: () => {
            finish = () => subscriber.complete();
          },
        })),
      ),
    );
    expect(seen.end).to.equal(undefined);
    finish();
    expect(seen.end).to.equal('complete');
  });

  it('makes an error of the stream of what a handler throws, and leaves the source', () => {
    const source = new Subject<number>();
    const seen = collect(source.pipe(stage(() => ({ next: failing }))));
    expect(() => source.next(1)).not.to.throw();
    expect(seen).to.include({ end: 'error', error: failure });
    expect(source.observed).to.equal(false);
    expect(collect(of(1).pipe(stage(() => ({ complete: failing }))))).to.include({ end: 'error', error: failure });
  });

  it('stops a synchronous source when the destination has had enough', () => {
    let read = 0;
    const source = new Observable<number>((subscriber) => {
      while (!subscriber.closed && read < 1000) subscriber.next(read++);
    });
    expect(
      collect(
        source.pipe(
          stage(() => ({})),
          take(3),
        ),
      ).values,
    ).to.deep.equal([0, 1, 2]);
    expect(read).to.equal(3);
  });

  it('runs the teardown of the source once, after completion, an error or being left', () => {
    for (const end of ['complete', 'error', 'unsubscribe'] as const) {
      let torn = 0;
      const source = new Subject<number>();
      const seen = collect(
        new Observable<number>((subscriber) => {
          subscriber.add(() => torn++);
          return source.subscribe(subscriber);
        }).pipe(stage(() => ({}))),
      );
      if (end === 'complete') source.complete();
      else if (end === 'error') source.error(failure);
      else seen.unsubscribe();
      expect(torn, end).to.equal(1);
      expect(source.observed, end).to.equal(false);
    }
  });
});
