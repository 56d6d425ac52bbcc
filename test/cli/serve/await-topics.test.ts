import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { Kafka } from 'kafkajs';
import { awaitTopics, type TopicAdmin } from '../../../cli/serve/await-topics.ts';
import { LockstepError } from '../../../src/errors.ts';
import { testLog } from './log-lines.ts';

const TOPICS = ['documents', 'verdicts'];

/** An error as kafkajs makes them. */
function kafkaError(message: string, fields: object): Error {
  return Object.assign(new Error(message), fields);
}

/** Admins that answer one after another: with the topics that there are, or with an error. */
function cluster(...answers: (readonly string[] | Error)[]) {
  let attempts = 0;
  let open = 0;
  const admin = (): TopicAdmin => {
    const answer = answers[Math.min(attempts++, answers.length - 1)] ?? [];
    return {
      connect: async () => {
        open++;
        if (answer instanceof Error) throw answer;
      },
      disconnect: async () => {
        open--;
      },
      fetchTopicMetadata: async ({ topics: [topic = ''] }) => {
        if (answer instanceof Error || !answer.includes(topic))
          throw kafkaError('This server does not host this topic-partition', { type: 'UNKNOWN_TOPIC_OR_PARTITION' });
        return { topics: [{ partitions: [0, 1, 2] }] };
      },
    };
  };
  return { admin, attempts: () => attempts, open: () => open };
}

function waiting(signal = new AbortController().signal) {
  const { log, lines } = testLog();
  return { options: { topics: TOPICS, log, signal, initialDelay: 1, maxDelay: 2 }, lines };
}

describe('awaitTopics', () => {
  it('gives the number of partitions of each topic', async () => {
    const { admin, open } = cluster(TOPICS);
    const { options, lines } = waiting();
    expect([...((await awaitTopics(admin, options)) ?? [])]).to.deep.equal([
      ['documents', 3],
      ['verdicts', 3],
    ]);
    expect([open(), lines()]).to.deep.equal([0, []]);
  });

  it('waits, and says so, while no broker can be reached', async () => {
    const refused = kafkaError('Connection error: connect ECONNREFUSED', { name: 'KafkaJSConnectionError' });
    const { admin, attempts, open } = cluster(refused, refused, refused, TOPICS);
    const { options, lines } = waiting();
    expect(await awaitTopics(admin, options)).to.have.property('size', 2);
    expect([attempts(), open()]).to.deep.equal([4, 0]);
    expect(lines().map(({ level, retryIn, msg }) => [level, retryIn, msg])).to.deep.equal(
      [1, 2, 2].map((retryIn) => ['warn', retryIn, 'no broker can be reached; trying on']),
    );
    expect(lines()[0]?.err).to.deep.equal({ type: 'KafkaJSConnectionError', message: refused.message });
  });

  it('waits no longer than it is asked to', async () => {
    const stop = new AbortController();
    const { admin, attempts } = cluster(new Error('refused'));
    const { options } = waiting(stop.signal);
    const waited = awaitTopics(admin, { ...options, initialDelay: 2 ** 30, maxDelay: 2 ** 30 });
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    expect(await waited).to.equal(undefined);
    expect(await awaitTopics(admin, options)).to.equal(undefined);
    expect(attempts()).to.equal(1);
  });

  it('names all topics that are not there', async () => {
    const { admin, attempts, open } = cluster(['verdicts']);
    const { options } = waiting();
    const failure = await awaitTopics(admin, { ...options, topics: [...TOPICS, 'dead'] }).catch((error) => error);
    expect(failure).to.be.instanceOf(LockstepError).and.include({ code: 'INVALID_ARGUMENT' });
    expect(failure.message).to.match(/the cluster has no documents, dead: create them first$/);
    expect([attempts(), open()]).to.deep.equal([1, 0]);
  });

  it('does not try again what does not get better', async () => {
    for (const error of [
      kafkaError('SASL Plain: Invalid username or password', { name: 'KafkaJSSASLAuthenticationError' }),
      kafkaError('Not authorized to access topics', { type: 'TOPIC_AUTHORIZATION_FAILED' }),
      kafkaError('Connection error: self-signed certificate', { name: 'KafkaJSConnectionError' }),
      new Error('gave up', { cause: kafkaError('Connection error', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }) }),
    ]) {
      const { admin, attempts, open } = cluster(error);
      const failure = await awaitTopics(admin, waiting().options).catch((thrown) => thrown);
      expect(failure.message).to.equal(`The brokers do not let us in: ${error.message}`);
      expect(failure.cause).to.equal(error);
      expect([attempts(), open()]).to.deep.equal([1, 0]);
    }
  });

  it('waits for a real port that nobody listens on', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    server.close();
    await once(server, 'close');
    const stop = new AbortController();
    const { options, lines } = waiting(stop.signal);
    const kafka = new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: 0, retry: { retries: 0 } });
    let attempts = 0;
    const waited = awaitTopics(() => {
      if (++attempts === 3) stop.abort();
      return kafka.admin();
    }, options);
    expect(await waited).to.equal(undefined);
    expect(JSON.stringify(lines())).to.include('ECONNREFUSED');
  });
});
