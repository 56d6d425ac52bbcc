import { expect } from 'chai';
import { Observable, take } from 'rxjs';
import { fromDocuments } from '../../operators/from-documents.ts';
import type { Document } from '../../src/document/document.ts';
import { settle } from '../../src/document/receipt.ts';
import { LockstepError } from '../../src/errors.ts';

/** Documents 0, 1, 2 ... that count how many were asked for, and whether they were returned. */
class Supply {
  asked = 0;
  returned = 0;
  readonly #length: number;

  constructor(length = Number.POSITIVE_INFINITY) {
    this.#length = length;
  }

  *[Symbol.iterator](): Generator<Document> {
    try {
      while (this.asked < this.#length) yield { text: 'x', id: this.asked++ };
    } finally {
      this.returned++;
    }
  }
}

async function* later<T>(...values: T[]): AsyncGenerator<T> {
  for (const value of values) yield await Promise.resolve(value);
}

/** What an Observable did, as it does it. */
function watch<T>(source: Observable<T>, onNext: (value: T) => void = () => {}) {
  const seen: { values: T[]; end: string | undefined; error: unknown } = {
    values: [],
    end: undefined,
    error: undefined,
  };
  const done = new Promise<void>((resolve) => {
    source.subscribe({
      next: (value) => {
        seen.values.push(value);
        onNext(value);
      },
      error: (error) => {
        seen.end = 'error';
        seen.error = error;
        resolve();
      },
      complete: () => {
        seen.end = 'complete';
        resolve();
      },
    });
  });
  return Object.assign(seen, { done });
}

const ids = (documents: readonly Document[]) => documents.map(({ id }) => id);

describe('fromDocuments', () => {
  it('completes at once for an empty iterable, of either kind', async () => {
    expect(watch(fromDocuments([])).end).to.equal('complete');
    const empty = watch(fromDocuments(later<Document>()));
    await empty.done;
    expect(empty.end).to.equal('complete');
  });

  it('emits one document, with its fields', () => {
    const { values, end } = watch(fromDocuments([{ text: 'a', id: 7, mine: true }]));
    expect(values).to.have.length(1);
    expect(values[0]).to.include({ text: 'a', id: 7, mine: true });
    expect(end).to.equal('complete');
  });

  it('emits many, synchronously from a synchronous iterable', () => {
    const { values, end } = watch(fromDocuments(new Supply(5)));
    expect(ids(values)).to.deep.equal([0, 1, 2, 3, 4]);
    expect(end).to.equal('complete');
  });

  it('emits those of an async iterable in order', async () => {
    const seen = watch(fromDocuments(later({ text: 'a', id: 1 }, { text: 'b', id: 2 }, { text: 'c', id: 3 })));
    await seen.done;
    expect(ids(seen.values)).to.deep.equal([1, 2, 3]);
  });

  it('never ends if the iterable never answers', () => {
    const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
    const subscription = fromDocuments<Document>(silent).subscribe(() => expect.fail('nothing was to come'));
    expect(subscription.closed).to.equal(false);
    subscription.unsubscribe();
  });

  it('has at most `maxInFlight` documents out, and goes on as they are settled', () => {
    const supply = new Supply(5);
    const { values } = watch(fromDocuments(supply, { maxInFlight: 2 }));
    expect(ids(values)).to.deep.equal([0, 1]);
    expect(supply.asked).to.equal(2);
    for (const document of values.slice(0, 1)) settle(document);
    expect(ids(values)).to.deep.equal([0, 1, 2]);
  });

  it('gives one credit for a document that is settled twice', () => {
    const { values } = watch(fromDocuments(new Supply(9), { maxInFlight: 1 }));
    const [first] = values;
    if (first) settle(first);
    if (first) settle(first);
    expect(ids(values)).to.deep.equal([0, 1]);
  });

  it('has 1024 documents out by default', () => {
    expect(watch(fromDocuments(new Supply())).values).to.have.length(1024);
  });

  it('does not recurse when documents are settled as they come', () => {
    const { values, end } = watch(fromDocuments(new Supply(100_000), { maxInFlight: 1 }), settle);
    expect(values).to.have.length(100_000);
    expect(end).to.equal('complete');
  });

  it('goes on when a document of an async iterable is settled as it comes, or later', async () => {
    const documents = Array.from({ length: 50 }, (_, id) => ({ text: 'x', id }));
    const seen = watch(fromDocuments(later(...documents), { maxInFlight: 2 }), (document) =>
      document.id % 2 === 0 ? settle(document) : queueMicrotask(() => settle(document)),
    );
    await seen.done;
    expect(ids(seen.values)).to.deep.equal(ids(documents));
  });

  it('asks for no more than `take` lets through, and returns the iterator once', () => {
    const supply = new Supply();
    const { values, end } = watch(fromDocuments(supply).pipe(take(3)));
    expect(ids(values)).to.deep.equal([0, 1, 2]);
    expect(end).to.equal('complete');
    expect(supply).to.include({ asked: 3, returned: 1 });
  });

  it('returns the iterator when the subscriber leaves, and settling later does nothing', () => {
    const supply = new Supply();
    const values: Document[] = [];
    const subscription = fromDocuments(supply, { maxInFlight: 2 }).subscribe((value) => values.push(value));
    subscription.unsubscribe();
    values.forEach(settle);
    expect(supply).to.include({ asked: 2, returned: 1 });
    expect(values).to.have.length(2);
  });

  it('lets an iterator leave that unsubscribes while it iterates', () => {
    let returned = 0;
    const leaving = {
      *[Symbol.iterator](): Generator<Document> {
        try {
          yield { text: 'a' };
          stop();
          yield { text: 'b' };
        } finally {
          returned++;
        }
      },
    };
    const values: Document[] = [];
    let stop = (): void => {};
    new Observable<Document>((subscriber) => {
      stop = () => subscriber.unsubscribe();
      return fromDocuments(leaving).subscribe(subscriber);
    }).subscribe((value) => values.push(value));
    expect(values.map(({ text }) => text)).to.deep.equal(['a']);
    expect(returned).to.equal(1);
  });

  it('returns an async iterator that is left while it waits', async () => {
    let returned = 0;
    const waiting = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => {}),
        return: async () => ({ done: true as const, value: returned++ }),
      }),
    };
    fromDocuments<Document>(waiting).subscribe().unsubscribe();
    expect(returned).to.equal(1);
  });

  it('errors with what the iterable throws, after what it gave', async () => {
    const failure = new Error('no more');
    function* failing(): Generator<Document> {
      yield { text: 'a' };
      throw failure;
    }
    const sync = watch(fromDocuments(failing()));
    expect(sync).to.include({ end: 'error', error: failure });
    expect(sync.values).to.have.length(1);
    async function* failingLater(): AsyncGenerator<Document> {
      yield* failing();
    }
    const seen = watch(fromDocuments(failingLater()));
    await seen.done;
    expect(seen).to.include({ end: 'error', error: failure });
  });

  it('errors for what is no document, and returns the iterator', () => {
    for (const value of [null, 'text', 3]) {
      let returned = 0;
      function* wrong(): Generator<Document> {
        try {
          yield JSON.parse(JSON.stringify(value));
        } finally {
          returned++;
        }
      }
      const { error } = watch(fromDocuments(wrong()));
      expect(error).to.be.instanceOf(LockstepError).with.property('code', 'INVALID_DOCUMENT');
      expect(returned).to.equal(1);
    }
  });

  it('gives each subscriber an iterator and credit of its own', () => {
    const documents$ = fromDocuments([{ text: 'a' }, { text: 'b' }], { maxInFlight: 1 });
    expect(watch(documents$).values).to.have.length(1);
    expect(watch(documents$, settle).values).to.have.length(2);
  });

  it('refuses arguments that are not what they should be', () => {
    for (const value of [undefined, null, 7, 'text', {}])
      expect(() => Reflect.apply(fromDocuments, undefined, [value]))
        .to.throw(LockstepError, 'documents')
        .with.property('code', 'INVALID_ARGUMENT');
    for (const maxInFlight of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => fromDocuments([], { maxInFlight }))
        .to.throw(LockstepError, 'maxInFlight')
        .with.property('code', 'INVALID_ARGUMENT');
  });
});
