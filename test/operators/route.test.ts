import { expect } from 'chai';
import fc from 'fast-check';
import { delay, from, map, mergeMap, type OperatorFunction, of, pipe, Subject, take, tap, timer } from 'rxjs';
import {
  acknowledge,
  classify,
  type DeadLetter,
  deadLetter,
  filterDocuments,
  fromDocuments,
  route,
  scriptOf,
} from '../../operators/index.ts';
import type { Document } from '../../src/document/document.ts';
import { LockstepError } from '../../src/errors.ts';
import { virtually } from '../../src/testing/index.ts';
import { collect } from '../support/collect.ts';
import { behavesLikeAnOperator, lettered, textOf } from './family.ts';

const isCapital = ({ text }: Document): string => (text < 'a' ? 'yes' : 'no');
const straight: OperatorFunction<Document, Document> = (documents) => documents;

describe('route', () => {
  behavesLikeAnOperator({
    operator: () => route(({ text }) => (text < 'c' ? 'one' : 'two'), { one: straight, two: straight }),
    input: lettered,
    letter: textOf,
  });

  it('sends each document one way, and keeps their order', () => {
    virtually(({ hot, expectDocuments, expectAcknowledged, expectSettled }) => {
      const documents = hot('-a--B--c-----|').pipe(route(isCapital, { yes: delay(4), no: straight }), acknowledge());
      expectDocuments(documents).toBe('-a------(Bc)-|');
      expectAcknowledged('aBc');
      expectSettled();
    });
  });

  it('lets the ways overtake each other if that is asked for', () => {
    virtually(({ hot, expectDocuments, expectSettled }) => {
      const documents = hot('-a--B--c--|').pipe(
        route(isCapital, { yes: delay(4), no: straight }, { ordered: false }),
        acknowledge(),
      );
      expectDocuments(documents).toBe('-a-----cB-|');
      expectSettled();
    });
  });

  it('is not held up by what a way drops, or rejects', () => {
    virtually(({ hot, expectDocuments, expectAcknowledged, expectRejected, expectSettled }) => {
      const documents = hot('-a-B-c-D-e-|').pipe(
        route(isCapital, {
          yes: pipe(
            delay(1),
            filterDocuments(({ text }: Document) => {
              if (text === 'D') throw new Error('no');
              return false;
            }),
          ),
          no: straight,
        }),
        acknowledge(),
      );
      expectDocuments(documents).toBe('-a---c---e-|');
      expectAcknowledged('aBce');
      expectRejected('D');
      expectSettled();
    });
  });

  it('makes dead letters of documents without a way, and says which ways there are', () => {
    const letters: DeadLetter[] = [];
    const failure = new Error('cannot say');
    const documents = from([...'abc'].map(lettered)).pipe(
      deadLetter((letter) => void letters.push(letter)),
      route(
        ({ text }) => {
          if (text === 'b') throw failure;
          return text;
        },
        { a: straight, z: straight },
      ),
    );
    const { values, end } = collect(documents);
    expect(values.map(textOf)).to.deep.equal(['a']);
    expect(end).to.equal('complete');
    expect(letters.map(({ reason }) => [reason.code, reason.message])).to.deep.equal([
      ['STAGE_FAILED', 'route failed for a document: cannot say'],
      ['INVALID_DOCUMENT', 'Expected `by` to name one of [a, z], got "c"'],
    ]);
  });

  it('knows no way by a name that every object has', () => {
    const { error } = collect(of({ text: 'a' }).pipe(route(() => 'constructor', { a: straight })));
    expect(error).to.include({ code: 'INVALID_DOCUMENT' });
  });

  it('subscribes to a way when its first document comes, once, and leaves it when it is left', () => {
    const events: string[] = [];
    const source = new Subject<Document>();
    const watched: OperatorFunction<Document, Document> = (documents) =>
      documents.pipe(tap({ subscribe: () => events.push('subscribe'), unsubscribe: () => events.push('leave') }));
    const subscription = source
      .pipe(route(isCapital, { yes: watched, no: straight }))
      .subscribe(({ text }) => events.push(text));
    for (const text of 'aBcD') source.next({ text });
    subscription.unsubscribe();
    expect(events).to.deep.equal(['a', 'subscribe', 'B', 'c', 'D', 'leave']);
    expect(source.observed).to.equal(false);
  });

  it('waits for every way to complete', () => {
    virtually(({ hot, expectDocuments }) => {
      const documents = hot('-a-B-|').pipe(route(isCapital, { yes: delay(9), no: straight }));
      expectDocuments(documents).toBe('-a----------(B|)');
    });
  });

  it('errors if a way does', () => {
    const failure = new Error('broken');
    const broken = mergeMap((): Document[] => {
      throw failure;
    });
    expect(collect(of({ text: 'A' }).pipe(route(isCapital, { yes: broken, no: straight }))).error).to.equal(failure);
  });

  it('makes dead letters of what comes for a way that has completed', () => {
    virtually(({ hot, expectDocuments, expectRejected, deadLetters }) => {
      expectDocuments(hot('-A-b-C-|').pipe(route(isCapital, { yes: take(1), no: straight }))).toBe('-A-b---|');
      expectRejected('C');
      return () =>
        expect(deadLetters[0]?.reason.message).to.equal('route failed for document C: its route has completed');
    })();
  });

  it('lets all go in the end, even behind one that a way has forgotten', () => {
    virtually(({ hot, expectDocuments }) => {
      const forgets = mergeMap((): Document[] => []);
      expectDocuments(hot('-a-B-c-|').pipe(route(isCapital, { yes: forgets, no: straight }))).toBe('-a-----(c|)');
    });
  });

  it('passes on everything that a way makes of a document, and routes within a route', () => {
    const twice = mergeMap((document: Document) => [document, document]);
    const inner = route(({ text }: Document) => (text === 'b' ? 'b' : 'rest'), { b: delay(1), rest: straight });
    const nested = route(isCapital, { yes: twice, no: inner });
    virtually(({ hot, expectDocuments }) => {
      expectDocuments(hot('-b-A---c|').pipe(nested)).toBe('--b(AA)c|');
    });
  });

  it('says so if a way loses the place of a document', () => {
    const forgetful = map(({ text }: Document): Document => ({ text }));
    const { error } = collect(of({ text: 'A' }).pipe(route(isCapital, { yes: forgetful, no: straight })));
    expect(error).to.include({ code: 'INVALID_DOCUMENT' });
  });

  it('keeps the order of any documents over ways that take any time, and settles each once', async () => {
    const way = (time: number): OperatorFunction<Document, Document> =>
      mergeMap((document) => timer(time).pipe(map(() => document)));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 }), async (letters) => {
        const texts: string[] = [];
        const documents = fromDocuments(
          letters.map((text, id) => ({ text, id })),
          { maxInFlight: 7 },
        ).pipe(route(textOf, { a: way(0), b: way(2), c: straight, d: filterDocuments(() => false) }), acknowledge());
        await documents.forEach(({ text }) => void texts.push(text));
        expect(texts).to.deep.equal(letters.filter((letter) => letter !== 'd'));
      }),
      { numRuns: 30 },
    );
  });

  it('classifies by the script of a text', () => {
    virtually(({ cold, clock, lanes, expectDocuments }) => {
      const classifier = (lane: string) => lanes({ [lane]: '9', other: '2' });
      const documents = cold('-ab------|', { a: { text: '科技' }, b: { text: 'science' } }).pipe(
        route(({ text }) => scriptOf(text), {
          han: classify(classifier('科技'), { clock: clock(5) }),
          latin: classify(classifier('science'), { clock: clock(5) }),
        }),
      );
      expectDocuments(documents.pipe(map(({ verdict }) => ({ text: verdict.label })))).toBe('-----(ab)|', {
        a: '科技',
        b: 'science',
      });
    });
  });

  it('refuses what are no routes', () => {
    for (const [args, message] of [
      [[undefined, { a: straight }], 'Expected `by` to be a function'],
      [[isCapital, undefined], 'Expected `routes` to be an object with a pipeline for each route'],
      [[isCapital, {}], 'Expected `routes` to be an object with a pipeline for each route'],
      [[isCapital, { a: 1 }], 'Expected `routes.a` to be an operator'],
    ] as const)
      expect(() => Reflect.apply(route, undefined, args))
        .to.throw(LockstepError, message)
        .with.property('code', 'INVALID_ARGUMENT');
  });
});
