import { expect } from 'chai';
import { LockstepError } from '../../src/errors.ts';
import { FakeError } from './fake-broker.ts';
import { FakeConsumer } from './fake-consumer.ts';
import { FakeSource } from './fake-source.ts';

/** When the consumer was connected, in milliseconds since the beginning. */
function connections(source: FakeSource): number[] {
  const times: number[] = [];
  const start = source.time.now();
  const before = source.consumer.before.connect;
  source.consumer.before.connect = () => {
    times.push(source.time.now() - start);
    return before();
  };
  return times;
}

const crash = async (source: FakeSource, error: Error, restart = false): Promise<void> => {
  void source.consumer.crash(error, restart);
  await source.time.pass(100);
};

describe('kafkaSource, when the consumer dies', () => {
  it('builds it anew, later and later, for as long as it takes', async () => {
    const source = new FakeSource({ source: { restart: { initialDelay: 100, maxDelay: 500 } } });
    source.consumer.before.connect = () => Promise.reject(new Error('nobody there'));
    const times = connections(source);
    source.subscribe();
    await source.time.pass(3000);
    expect(times).to.deep.equal([0, 100, 300, 700, 1200, 1700, 2200, 2700]);
    expect(source.eventsOf('crash').map(({ retryIn }) => retryIn)).to.deep.equal([
      100, 200, 400, 500, 500, 500, 500, 500,
    ]);
    expect(source.error).to.equal(undefined);
  });

  for (const step of ['connect', 'subscribe', 'run'] as const)
    it(`does so, too, if ${step}() throws`, async () => {
      const source = new FakeSource({ source: { restart: { initialDelay: 100 } } }).produce(1);
      let first = true;
      source.consumer.before[step] = () => {
        if (first) throw new Error(`no ${step}`);
      };
      source.subscribe();
      await source.time.pass(50);
      first = false;
      await source.time.pass(1000);
      expect(source.eventsOf('crash').length).to.equal(1);
      expect(source.texts).to.deep.equal(['0/0']);
    });

  it('does so, too, if it cannot be made', async () => {
    let attempts = 0;
    const source = new FakeSource({
      source: { restart: { initialDelay: 100 } },
      given: (consumer) => () => {
        if (attempts++ === 0) throw new Error('cannot be made');
        return consumer;
      },
    })
      .produce(1)
      .subscribe();
    await source.time.pass(1000);
    expect(source.texts).to.deep.equal(['0/0']);
  });

  it('leaves the dead one before it builds the next, and listens to that alone', async () => {
    const made: FakeConsumer[] = [];
    const source = new FakeSource({
      source: { restart: { initialDelay: 100 } },
      given: () => () => {
        const consumer = new FakeConsumer(source.broker, source.time);
        made.push(consumer);
        return consumer;
      },
    })
      .produce(2)
      .subscribe();
    await source.time.pass(50);
    void made[0]?.crash(new Error('dead'), false);
    await source.time.pass(500);
    expect(made.map(({ listeners }) => listeners)).to.deep.equal([0, 6]);
    expect(made[0]?.calls).to.deep.equal(['connect', 'subscribe', 'run', 'disconnect']);
    expect(source.texts).to.deep.equal(['0/0', '0/1', '0/0', '0/1']);
    expect(source.eventsOf('assign').map(({ epoch }) => epoch)).to.deep.equal([1, 2]);
  });

  it('begins with short pauses again when it has joined the group in between', async () => {
    const source = new FakeSource({ source: { restart: { initialDelay: 100, attempts: 2 } } }).subscribe();
    for (let i = 0; i < 5; i++) {
      await source.time.pass(1000);
      await crash(source, new Error('dead'));
    }
    expect(source.eventsOf('crash').map(({ retryIn }) => retryIn)).to.deep.equal([100, 100, 100, 100, 100]);
    expect(source.error).to.equal(undefined);
  });

  it('gives up after the attempts that it was given', async () => {
    const source = new FakeSource({ source: { restart: { initialDelay: 100, attempts: 2 } } });
    const cause = new Error('nobody there');
    source.consumer.before.connect = () => Promise.reject(cause);
    const times = connections(source);
    source.subscribe();
    await source.time.pass(10_000);
    expect(times).to.deep.equal([0, 100, 300]);
    expect(source.error).to.be.instanceOf(LockstepError).with.property('code', 'SOURCE_FAILED');
    expect(source.error).to.include({ cause, message: 'Cannot read topic documents: nobody there' });
    source.expectGone();
  });

  it('does not try at all with restart: false', async () => {
    const source = new FakeSource({ source: { restart: false } }).produce(1).subscribe();
    await source.time.pass(50);
    const cause = new Error('dead');
    await crash(source, cause);
    await source.time.pass(10_000);
    expect(source.error).to.include({ code: 'SOURCE_FAILED', cause });
    expect(source.consumer.calls).to.deep.equal(['connect', 'subscribe', 'run', 'disconnect']);
    expect(source.eventsOf('crash')).to.deep.equal([]);
    source.expectGone();
  });

  it('leaves it to a client that begins anew by itself, even with restart: false', async () => {
    const source = new FakeSource({ source: { restart: false } }).produce(1).subscribe();
    await source.time.pass(50);
    const error = new Error('for a moment');
    await crash(source, error, true);
    expect(source.eventsOf('crash')).to.deep.equal([{ type: 'crash', error, retryIn: undefined }]);
    await source.time.pass(1000);
    expect(source.texts).to.deep.equal(['0/0', '0/0']);
    expect(source.consumer.calls).to.deep.equal(['connect', 'subscribe', 'run']);
  });

  for (const error of [
    new FakeError('SASL_AUTHENTICATION_FAILED'),
    new FakeError('TOPIC_AUTHORIZATION_FAILED'),
    new Error('wrapped', { cause: new FakeError('GROUP_AUTHORIZATION_FAILED') }),
    Object.assign(new Error('wrong password'), { name: 'KafkaJSSASLAuthenticationError' }),
  ])
    it(`does not try what cannot be mended: ${error.name}: ${error.message}`, async () => {
      const source = new FakeSource();
      source.consumer.before.connect = () => Promise.reject(error);
      source.subscribe();
      await source.time.pass(60_000);
      expect(source.error).to.include({ code: 'SOURCE_FAILED', cause: error });
      expect(source.consumer.calls.filter((call) => call === 'connect').length).to.equal(1);
      source.expectGone();
    });

  it('says so at once if the topic is not there at the start', async () => {
    const source = new FakeSource();
    source.consumer.before.subscribe = () =>
      Promise.reject(new FakeError('UNKNOWN_TOPIC_OR_PARTITION', { retriable: true }));
    source.subscribe();
    await source.time.pass(100);
    expect(source.error).to.include({ code: 'SOURCE_FAILED' });
    source.expectGone();
  });

  it('but waits for a topic that is not there any more', async () => {
    const source = new FakeSource({ source: { restart: { initialDelay: 100 } } }).produce(1).subscribe();
    await source.time.pass(50);
    await crash(source, new FakeError('UNKNOWN_TOPIC_OR_PARTITION', { retriable: true }));
    await source.time.pass(1000);
    expect(source.error).to.equal(undefined);
    expect(source.texts).to.deep.equal(['0/0', '0/0']);
  });

  it('commits nothing of what was in flight when it died', async () => {
    const source = new FakeSource({ source: { restart: { initialDelay: 5000 } } }).produce(2).subscribe();
    await source.time.pass(50);
    await crash(source, new Error('dead'));
    source.acknowledge();
    await source.time.pass(4000);
    expect(source.broker.commits).to.deep.equal([]);
    await source.time.pass(4000);
    source.acknowledge();
    await source.time.pass(2000);
    expect(source.broker.committed.get(0)).to.equal(2);
  });

  it('has one attempt under way, though it dies twice', async () => {
    const source = new FakeSource({ source: { restart: { initialDelay: 100 } } }).subscribe();
    await source.time.pass(50);
    source.consumer.before.connect = () => Promise.reject(new Error('nobody there'));
    const times = connections(source);
    await crash(source, new Error('dead'));
    source.consumer.announceCrash(new Error('dead, once more'));
    await source.time.pass(300);
    expect(times.length).to.equal(1);
  });

  it('survives a log that begins anew, by beginning anew itself', async () => {
    const source = new FakeSource({ source: { restart: { initialDelay: 100 } } }).produce(3).subscribe();
    await source.time.pass(50);
    source.acknowledge();
    await source.time.pass(2000);
    source.broker.recreate();
    source.produce(2);
    await source.time.pass(3000);
    source.acknowledge();
    await source.time.pass(2000);
    expect(source.texts).to.deep.equal(['0/0', '0/1', '0/2', '0/0', '0/1']);
    expect(source.broker.committed.get(0)).to.equal(2);
  });
});
