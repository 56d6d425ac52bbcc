import { expect } from 'chai';
import { firstValueFrom, take, toArray } from 'rxjs';
import { fromKafka } from '../../operators/from-kafka.ts';
import { LockstepError } from '../../src/errors.ts';
import { json } from '../../src/kafka/decoders.ts';
import { FakeBroker } from '../kafka/fake-broker.ts';
import { FakeConsumer } from '../kafka/fake-consumer.ts';
import { FakeSource } from '../kafka/fake-source.ts';
import { FakeTime } from '../kafka/fake-time.ts';

describe('fromKafka', () => {
  let time: FakeTime;
  let broker: FakeBroker;
  let consumer: FakeConsumer;

  beforeEach(() => {
    time = new FakeTime();
    broker = new FakeBroker();
    consumer = new FakeConsumer(broker, time);
  });

  it('makes a document of each record: by default, its text', async () => {
    broker.log(0).append('a headline');
    const documents = firstValueFrom(fromKafka(consumer, { topic: 'documents', scheduler: time, observe: () => {} }));
    await time.pass(1000);
    expect(await documents).to.include({ text: 'a headline', id: 'documents/0/0' });
    expect(time.waiting).to.equal(0);
  });

  it('or what a decoder makes of it', async () => {
    broker.log(0).append('{"title":"a headline","url":"x"}');
    const decode = json('title', { id: 'url' });
    const source = fromKafka(consumer, { topic: 'documents', decode, scheduler: time, observe: () => {} });
    const documents = firstValueFrom(source);
    await time.pass(1000);
    expect(await documents).to.include({ text: 'a headline', id: 'x' });
  });

  it('is left by take(), which gets what it asked for', async () => {
    for (let i = 0; i < 50; i++) broker.log(0).append(`${i}`);
    const source = fromKafka(consumer, { topic: 'documents', scheduler: time, observe: () => {} });
    const documents = firstValueFrom(source.pipe(take(3), toArray()));
    await time.pass(1000);
    expect((await documents).map(({ text }) => text)).to.deep.equal(['0', '1', '2']);
    expect(time.waiting).to.equal(0);
    expect(consumer.listeners).to.equal(0);
    expect(broker.hasMember).to.equal(false);
  });

  it('gives the topics to the consumer as they are', async () => {
    const topics: unknown[] = [];
    const { subscribe } = consumer;
    consumer.subscribe = (subscription) => {
      topics.push(subscription.topics);
      return subscribe.call(consumer, subscription);
    };
    for (const topic of ['a', /^a/, ['a', /b$/]]) {
      const subscription = fromKafka(consumer, { topic, scheduler: time, observe: () => {} }).subscribe();
      await time.pass(100);
      subscription.unsubscribe();
      await time.pass(1000);
    }
    expect(topics).to.deep.equal([['a'], [/^a/], ['a', /b$/]]);
  });

  it('has 1024 documents out at most, commits after a second, and is patient, unless told otherwise', async () => {
    const source = new FakeSource({ consumer: { maxRecords: 2000 } }).produce(2000).subscribe();
    await source.time.pass(500);
    expect(source.emitted.length).to.equal(1024);
    source.emitted[0]?.receipt.acknowledge();
    await source.time.pass(990);
    expect(source.broker.commits).to.deep.equal([]);
    await source.time.pass(20);
    expect(source.broker.committed.get(0)).to.equal(1);
    await source.time.pass(58_000);
    expect(source.eventsOf('overdue')).to.deep.equal([]);
    await source.time.pass(3000);
    expect(source.eventsOf('overdue').length).to.equal(1);
  });

  it('waits a second, then two, and half a minute at most, before it builds a consumer anew', async () => {
    const source = new FakeSource();
    source.consumer.before.connect = () => Promise.reject(new Error('nobody there'));
    source.subscribe();
    await source.time.pass(175_000);
    expect(source.eventsOf('crash').map(({ retryIn }) => retryIn)).to.deep.equal([
      1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000, 30_000,
    ]);
  });

  it('warns of what must not go unnoticed, if nobody observes', async () => {
    const { emitWarning } = process;
    const codes: unknown[] = [];
    process.emitWarning = (_, options) => void codes.push(options);
    try {
      consumer.before.connect = () => Promise.reject(new Error('nobody there'));
      const subscription = fromKafka(consumer, { topic: 'documents', scheduler: time }).subscribe();
      await time.pass(10);
      subscription.unsubscribe();
      await time.pass(10);
    } finally {
      process.emitWarning = emitWarning;
    }
    expect(codes).to.deep.equal([{ type: 'LockstepWarning', code: 'LOCKSTEP_CRASH' }]);
  });

  for (const [what, bad] of [
    ['nothing', undefined],
    ['null', null],
    ['a client instead of its consumer', { consumer: () => {} }],
    ['the name of a group', 'labels'],
  ] as const)
    it(`refuses ${what} for a consumer`, () => {
      // @ts-expect-error: no consumer
      expect(() => fromKafka(bad, { topic: 'documents' })).to.throw(
        LockstepError,
        'Expected `consumer` to be a Kafka consumer',
      );
    });

  for (const bad of [undefined, null, 'documents'])
    it(`refuses ${bad} for options`, () => {
      // @ts-expect-error: no options
      expect(() => fromKafka(consumer, bad)).to.throw(LockstepError, 'Expected `options`');
    });

  for (const topic of [undefined, null, '', [], ['a', ''], [7], {}])
    it(`refuses ${JSON.stringify(topic)} for a topic`, () => {
      // @ts-expect-error: no topic
      expect(() => fromKafka(consumer, { topic })).to.throw(
        LockstepError,
        'Expected `topic` to be the name of a topic',
      );
    });

  const badCounts = [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null];
  const badDurations = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '5'];
  const badFunctions = ['text', 7, {}];
  for (const [name, values] of Object.entries({
    maxInFlight: badCounts.slice(0, -1),
    commitEvery: badCounts.slice(0, -1),
    concurrency: badCounts.slice(0, -1),
    maxSilence: badCounts.slice(0, -1),
    maxAge: badCounts.slice(0, -1),
    commitInterval: badDurations,
    drainTimeout: badDurations,
    decode: badFunctions,
    deadLetters: badFunctions,
    observe: badFunctions,
    exactlyOnce: [null, {}, 'labels'],
    signal: [null, {}, true],
    restart: [true, 5, 'never'],
  }))
    for (const value of values)
      it(`refuses ${name}: ${JSON.stringify(value)}`, () => {
        expect(() => fromKafka(consumer, { topic: 'documents', [name]: value })).to.throw(
          LockstepError,
          `Expected \`${name}\``,
        );
      });

  for (const [name, values] of Object.entries({
    initialDelay: badCounts,
    maxDelay: badCounts,
    attempts: [-1, 1.5, Number.NaN, 'all', null],
  }))
    for (const value of values)
      it(`refuses restart.${name}: ${value}`, () => {
        const options = { topic: 'documents', restart: { [name]: value } };
        expect(() => fromKafka(consumer, options)).to.throw(LockstepError, `Expected \`restart.${name}\``);
      });

  it('does nothing with the consumer before it is subscribed to', () => {
    fromKafka(
      () => {
        throw new Error('made too early');
      },
      { topic: 'documents', restart: { attempts: Number.POSITIVE_INFINITY } },
    );
    fromKafka(consumer, { topic: 'documents', restart: { attempts: 0 } });
    expect(consumer.calls).to.deep.equal([]);
  });
});
