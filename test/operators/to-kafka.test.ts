import { expect } from 'chai';
import { EMPTY, from, NEVER, type Observable, of, Subject, take, throwError } from 'rxjs';
import { deadLetter } from '../../operators/dead-letter.ts';
import { fromDocuments } from '../../operators/from-documents.ts';
import { toKafka } from '../../operators/to-kafka.ts';
import type { DeadLetter, Document } from '../../src/document/document.ts';
import { withReceipt } from '../../src/document/receipt.ts';
import { LockstepError } from '../../src/errors.ts';
import type { Dispatch, OutletOptions, OutletSource } from '../../src/kafka/outlet.ts';
import { FakeError } from '../kafka/fake-broker.ts';
import { FakeProducer } from '../kafka/fake-producer.ts';
import { FakeTime, turn } from '../kafka/fake-time.ts';
import { marbles } from '../support/marbles.ts';
import { behavesLikeAnOperator, lettered, textOf } from './family.ts';

const encode = ({ text }: Document): string => text;
const options = { topic: 'verdicts', encode };
const document = (id: number): Document => ({ text: `text ${id}`, id });

/** What stands in a producer's place, and does with each record what it is told. */
class FakeOutlets implements OutletSource {
  readonly opened: OutletOptions[] = [];
  readonly dispatches: Dispatch[] = [];
  closed = 0;
  readonly #send: (dispatch: Dispatch) => void;

  constructor(send: (dispatch: Dispatch) => void = () => {}) {
    this.#send = send;
  }

  readonly openOutlet: OutletSource['openOutlet'] = (told) => {
    this.opened.push(told);
    return {
      send: (dispatch) => {
        this.dispatches.push(dispatch);
        this.#send(dispatch);
      },
      close: async () => {
        this.closed++;
      },
    };
  };
}

const confirming = (): FakeOutlets => new FakeOutlets((dispatch) => dispatch.confirmed());

/** Documents that tell when they are acknowledged. */
function counted(ids: readonly number[], acknowledged: unknown[]): Document[] {
  return ids.map((id) => withReceipt(document(id), { onAcknowledge: () => acknowledged.push(id) }));
}

function watch<T>(source: Observable<T>) {
  const seen: { values: T[]; end: string | undefined; error: unknown } = {
    values: [],
    end: undefined,
    error: undefined,
  };
  const subscription = source.subscribe({
    next: (value) => seen.values.push(value),
    error: (error) => Object.assign(seen, { end: 'error', error }),
    complete: () => Object.assign(seen, { end: 'complete' }),
  });
  return Object.assign(seen, { subscription });
}

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await turn();
};

describe('toKafka', () => {
  describe('to an outlet that confirms at once', () => {
    behavesLikeAnOperator({
      operator: () => toKafka<Document>(confirming(), options),
      input: lettered,
      letter: textOf,
    });
  });

  it('emits what is confirmed, when it is, and completes after the last', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, scheduler }) => {
      const slow = new FakeOutlets((dispatch) => void scheduler.schedule(() => dispatch.confirmed(), 3));
      const values = { a: lettered('a'), b: lettered('b'), c: lettered('c') };
      const source = cold('   a-b--c|', values);
      const subscription = '  ^-----!';
      const expected = '      ---a-b--(c|)';
      expectObservable(source.pipe(toKafka(slow, options))).toBe(expected, values);
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it('emits in the order of the confirmations', () => {
    marbles(({ cold, expectObservable, scheduler }) => {
      const delays: Record<string, number> = { a: 5, b: 1, c: 1 };
      const outlets = new FakeOutlets(
        (dispatch) => void scheduler.schedule(() => dispatch.confirmed(), delays[dispatch.document.text]),
      );
      const values = { a: lettered('a'), b: lettered('b'), c: lettered('c') };
      expectObservable(cold('abc|', values).pipe(toKafka(outlets, options))).toBe('--bc-(a|)', values);
    });
  });

  it('acknowledges a document after it was emitted', () => {
    const order: unknown[] = [];
    from(counted([1, 2], order))
      .pipe(toKafka(confirming(), options))
      .subscribe(({ id }) => order.push(`emitted ${id}`));
    expect(order).to.deep.equal(['emitted 1', 1, 'emitted 2', 2]);
  });

  it('opens an outlet for each subscription, and closes it at the end, at an error and when it is left', () => {
    for (const source of [EMPTY, of(document(1)), throwError(() => new Error('no more')), NEVER]) {
      const outlets = confirming();
      const operator = toKafka<Document>(outlets, options);
      expect(outlets.opened).to.deep.equal([]);
      const first = watch(source.pipe(operator));
      const second = watch(source.pipe(operator));
      first.subscription.unsubscribe();
      second.subscription.unsubscribe();
      expect(outlets.opened).to.have.length(2);
      expect(outlets.closed).to.equal(2);
    }
  });

  it('tells the outlet how to send', () => {
    const outlets = confirming();
    watch(EMPTY.pipe(toKafka<Document>(outlets, options)));
    watch(EMPTY.pipe(toKafka<Document>(outlets, { ...options, acks: 1, compression: 1, maxBatch: 7, maxSends: 3 })));
    expect(outlets.opened.map(({ scheduler, observe, ...rest }) => rest)).to.deep.equal([
      { acks: -1, compression: 0, maxBatch: 1000, maxSends: 1, onClose: 'leave' },
      { acks: 1, compression: 1, maxBatch: 7, maxSends: 3, onClose: 'leave' },
    ]);
  });

  it('acknowledges under `take` only what was let through', () => {
    const acknowledged: unknown[] = [];
    const outlets = confirming();
    const seen = watch(from(counted([1, 2, 3], acknowledged)).pipe(toKafka(outlets, options), take(2)));
    expect(seen.end).to.equal('complete');
    expect(acknowledged).to.deep.equal([1, 2]);
    expect(outlets.closed).to.equal(1);
  });

  it('neither emits nor acknowledges nor errors once it was left', () => {
    const acknowledged: unknown[] = [];
    const outlets = new FakeOutlets();
    const source = new Subject<Document>();
    const seen = watch(source.pipe(toKafka(outlets, options)));
    for (const one of counted([1, 2, 3], acknowledged)) source.next(one);
    seen.subscription.unsubscribe();
    expect(source.observed).to.equal(false);
    outlets.dispatches[0]?.confirmed();
    outlets.dispatches[1]?.failed(new Error('late'));
    outlets.dispatches[2]?.superseded();
    expect(seen).to.deep.include({ values: [], end: undefined });
    expect(acknowledged).to.deep.equal([]);
  });

  it('lets go of what has come again elsewhere, without emitting it', () => {
    const acknowledged: unknown[] = [];
    const seen = watch(
      from(counted([1], acknowledged)).pipe(toKafka(new FakeOutlets((dispatch) => dispatch.superseded()), options)),
    );
    expect(seen).to.deep.include({ values: [], end: 'complete' });
    expect(acknowledged).to.deep.equal([1]);
  });

  describe('when a record cannot be sent', () => {
    const picky = (error: unknown): FakeOutlets =>
      new FakeOutlets((dispatch) => (dispatch.document.id === 2 ? dispatch.failed(error) : dispatch.confirmed()));

    it('makes a dead letter of one that is too large, and goes on', () => {
      const cause = new FakeError('MESSAGE_TOO_LARGE');
      const letters: DeadLetter[] = [];
      const seen = watch(
        from([1, 2, 3].map(document)).pipe(
          deadLetter((letter) => void letters.push(letter)),
          toKafka(picky(cause), options),
        ),
      );
      expect(seen.values.map(({ id }) => id)).to.deep.equal([1, 3]);
      expect(seen.end).to.equal('complete');
      expect(letters).to.have.length(1);
      expect(letters[0]?.document).to.include({ id: 2 });
      expect(letters[0]?.reason).to.include({ code: 'SINK_FAILED', cause });
      expect(letters[0]?.reason.message).to.equal('toKafka cannot send document 2 to verdicts: MESSAGE_TOO_LARGE');
    });

    it('errors for it if nobody takes dead letters', () => {
      const outlets = picky(new FakeError('MESSAGE_TOO_LARGE'));
      const seen = watch(from([1, 2, 3].map(document)).pipe(toKafka(outlets, options)));
      expect(seen.error).to.be.instanceOf(LockstepError).with.property('code', 'SINK_FAILED');
      expect(seen.values).to.have.length(1);
      expect(outlets.closed).to.equal(1);
    });

    it('errors with the cause if the others cannot be sent either', () => {
      for (const cause of [new FakeError('TOPIC_AUTHORIZATION_FAILED'), 'down', undefined]) {
        const letters: DeadLetter[] = [];
        const seen = watch(
          from([2, 3].map(document)).pipe(
            deadLetter((letter) => void letters.push(letter)),
            toKafka(picky(cause), options),
          ),
        );
        expect(seen.error).to.be.instanceOf(LockstepError).and.include({ code: 'SINK_FAILED', cause });
        expect(letters).to.deep.equal([]);
      }
    });

    it('passes on what the outlet says of the use of it', () => {
      const misuse = new LockstepError('INVALID_ARGUMENT', 'another exactlyOnce');
      expect(watch(of(document(2)).pipe(toKafka(picky(misuse), options))).error).to.equal(misuse);
      const foreign = new LockstepError('INVALID_DOCUMENT', 'no record');
      const letters: DeadLetter[] = [];
      const handle = (letter: DeadLetter): void => void letters.push(letter);
      const seen = watch(of(document(2)).pipe(deadLetter(handle), toKafka(picky(foreign), options)));
      expect(seen.end).to.equal('complete');
      expect(letters.map(({ reason }) => reason)).to.deep.equal([foreign]);
    });

    it('makes dead letters of documents of which no record can be made', () => {
      const letters: DeadLetter[] = [];
      const faulty = (what: string) => (one: Document) => {
        if (one.text === what) throw new Error(`no ${what}`);
        return what === 'timestamp' || what === 'partition' ? 1 : what === 'headers' ? {} : 'x';
      };
      const outlets = confirming();
      const names = ['topic', 'encode', 'key', 'headers', 'timestamp', 'partition'];
      const faults = Object.fromEntries(names.map((name) => [name, faulty(name)]));
      const operator = Reflect.apply(toKafka, undefined, [outlets, faults]);
      const seen = watch(
        from([...names, 'fine'].map(lettered)).pipe(
          deadLetter((letter) => void letters.push(letter)),
          operator,
        ),
      );
      expect(seen.end).to.equal('complete');
      expect(outlets.dispatches).to.have.length(1);
      expect(letters.map(({ document: { text }, reason: { code, message } }) => [text, code, message])).to.deep.equal(
        names.map((name) => [name, 'STAGE_FAILED', `toKafka failed for a document: no ${name}`]),
      );
    });
  });

  describe('to a producer', () => {
    it('sends what comes together in one request, with the default record of a verdict', async () => {
      const producer = new FakeProducer();
      const lanes = { cnn: { label: 'tech', score: 0.876_543, share: 2 }, lstm: null };
      const probabilities = { tech: 0.912_345, sport: 0.087_655 };
      const verdict = { label: 'tech', confidence: 0.912_345, margin: 0.8, uncertain: false, probabilities, lanes };
      const seen = watch(
        of({ text: 'a', id: 'x', verdict }, { text: 'b', verdict }).pipe(toKafka(producer, { topic: 'verdicts' })),
      );
      expect(seen.values).to.deep.equal([]);
      await turns(3);
      const rest = '"label":"tech","confidence":0.9123,"lanes":{"cnn":{"label":"tech","score":0.8765},"lstm":null}}';
      expect(producer.requests.map(({ records }) => records)).to.deep.equal([
        [
          { key: 'x', value: `{"id":"x",${rest}` },
          { key: null, value: `{${rest}` },
        ],
      ]);
      expect(seen.end).to.equal('complete');
      await turn();
      expect(producer.calls).to.deep.equal(['connect', 'send', 'disconnect']);
    });

    it('holds the source back while the broker is slow, and goes on when it answers', async () => {
      const producer = new FakeProducer({ answer: 'hold' });
      let asked = 0;
      function* documents(): Generator<Document> {
        for (;;) yield document(asked++);
      }
      const seen = watch(fromDocuments(documents(), { maxInFlight: 3 }).pipe(toKafka(producer, options)));
      await turns(5);
      expect(asked).to.equal(3);
      expect(producer.requests).to.have.length(1);
      producer.requests[0]?.confirm();
      await turns(5);
      expect(asked).to.equal(6);
      expect(producer.requests).to.have.length(2);
      seen.subscription.unsubscribe();
      producer.requests[1]?.confirm();
      await turns(2);
      expect(producer.calls).to.deep.equal(['connect', 'send', 'send', 'disconnect']);
      expect(asked).to.equal(6);
    });

    it('holds the source back while the broker is away, and loses nothing', async () => {
      const time = new FakeTime();
      let down = 3;
      const producer = new FakeProducer({
        answer: ({ confirm, refuse }) => (down-- > 0 ? refuse(new FakeError('BROKER_NOT_AVAILABLE')) : confirm()),
      });
      const events: string[] = [];
      const seen = watch(
        fromDocuments([1, 2, 3, 4].map(document), { maxInFlight: 2 }).pipe(
          toKafka(producer, { ...options, scheduler: time, observe: ({ type }) => events.push(type) }),
        ),
      );
      await time.pass(700);
      await turns(5);
      expect(events).to.deep.equal(['send-failed', 'send-failed', 'send-failed', 'send', 'send']);
      expect(seen.values.map(({ id }) => id)).to.deep.equal([1, 2, 3, 4]);
      expect(seen.end).to.equal('complete');
      expect(time.waiting).to.equal(0);
    });

    it('leaves no timer when it is left between two attempts', async () => {
      const time = new FakeTime();
      const producer = new FakeProducer({ answer: ({ refuse }) => refuse(new FakeError('BROKER_NOT_AVAILABLE')) });
      const seen = watch(of(document(1)).pipe(toKafka(producer, { ...options, scheduler: time, observe: () => {} })));
      await turns(3);
      expect(time.waiting).to.equal(1);
      seen.subscription.unsubscribe();
      await turns(3);
      expect(time.waiting).to.equal(0);
      expect(producer.calls).to.deep.equal(['connect', 'send', 'disconnect']);
      expect(seen.end).to.equal(undefined);
    });

    it('warns of requests that fail, if nobody observes', async () => {
      const warnings: Error[] = [];
      const listen = (warning: Error): void => void warnings.push(warning);
      process.on('warning', listen);
      const time = new FakeTime();
      const producer = new FakeProducer({ answer: ({ refuse }) => refuse(new FakeError('BROKER_NOT_AVAILABLE')) });
      const seen = watch(of(document(1)).pipe(toKafka(producer, { ...options, scheduler: time })));
      await turns(4);
      seen.subscription.unsubscribe();
      process.off('warning', listen);
      expect(warnings.map(({ message }) => message)).to.deep.equal([
        'Records for verdicts could not be sent: BROKER_NOT_AVAILABLE; they are tried again in 100 ms',
      ]);
    });

    it('shares a producer, and disconnects it after the last', async () => {
      const producer = new FakeProducer();
      const source = new Subject<Document>();
      const short = watch(of(document(1)).pipe(toKafka(producer, options)));
      const long = watch(source.pipe(toKafka(producer, options)));
      source.next(document(2));
      await turns(4);
      expect(short.end).to.equal('complete');
      expect(producer.calls).to.deep.equal(['connect', 'send', 'send']);
      source.complete();
      await turns(2);
      expect(long.end).to.equal('complete');
      expect(producer.calls.at(-1)).to.equal('disconnect');
    });
  });

  it('refuses what is not what it should be', () => {
    const producer = new FakeProducer();
    for (const [target, given, name] of [
      [undefined, options, 'target'],
      [null, options, 'target'],
      ['localhost:9092', options, 'target'],
      [{ send: () => {} }, options, 'target'],
      [producer, undefined, 'options'],
      [producer, null, 'options'],
      [producer, {}, 'topic'],
      [producer, { topic: '' }, 'topic'],
      [producer, { topic: 7 }, 'topic'],
      [producer, { topic: 'a', encode: 'json' }, 'encode'],
      [producer, { topic: 'a', key: 'id' }, 'key'],
      [producer, { topic: 'a', headers: {} }, 'headers'],
      [producer, { topic: 'a', timestamp: 5 }, 'timestamp'],
      [producer, { topic: 'a', partition: 5 }, 'partition'],
      [producer, { topic: 'a', observe: {} }, 'observe'],
      [producer, { topic: 'a', acks: 2 }, 'acks'],
      [producer, { topic: 'a', compression: -1 }, 'compression'],
      [producer, { topic: 'a', maxBatch: 0 }, 'maxBatch'],
      [producer, { topic: 'a', maxSends: 1.5 }, 'maxSends'],
    ] as const)
      expect(() => Reflect.apply(toKafka, undefined, [target, given]), name)
        .to.throw(LockstepError, `\`${name}\``)
        .with.property('code', 'INVALID_ARGUMENT');
  });
});
