import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Kafka, KafkaConfig } from 'kafkajs';
import type { Cluster } from '../../scripts/kafka/cluster.ts';
import { TOPICS } from '../../scripts/kafka/command.ts';
import { Failure } from '../../scripts/kafka/failure.ts';
import { startBroker, startCluster } from '../../scripts/kafka/start.ts';
import { requireKafka, sharedBroker } from './support/broker.ts';
import { clientOf, freshName, freshTopic, groupOffsets, produceAll, withAdmin } from './support/client.ts';
import { readTopic, streamTopic } from './support/reader.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describe('a real broker', function () {
  this.timeout(180_000); // most take a few seconds, on a machine that is not busy

  describe('that tests share', () => {
    let broker: Cluster;

    before(async function () {
      broker = await sharedBroker(this);
    });

    it('is started once', async function () {
      expect(await sharedBroker(this)).to.equal(broker);
      expect(broker.nodes.map(({ running }) => running)).to.deep.equal([true]);
    });

    it('has topics as they were asked for, and makes none by itself', async () => {
      const topic = await freshTopic(broker, { partitions: 3, config: { 'cleanup.policy': 'compact' }, name: 'mine' });
      expect(topic).to.match(/^mine-/);
      await withAdmin(broker, async (admin) => {
        const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
        expect(topics[0]?.partitions).to.have.length(3);
        const { stdout } = await broker.tool('topics', [
          '--bootstrap-server',
          broker.bootstrap,
          '--describe',
          '--topic',
          topic,
        ]);
        expect(stdout).to.include('cleanup.policy=compact');
        const missing = freshName('missing');
        const producer = clientOf(broker, { retry: { retries: 0 } }).producer();
        await producer.connect();
        const error = await producer
          .send({ topic: missing, messages: [{ value: '' }] })
          .catch((reason: unknown) => reason);
        await producer.disconnect();
        expect(error)
          .to.be.instanceOf(Error)
          .with.property('message')
          .that.matches(/does not host this topic/);
        expect(await admin.listTopics()).not.to.include(missing);
      });
    });

    it('gives back what was sent, to kafkajs', async () => {
      const topic = await freshTopic(broker, { partitions: 2 });
      await produceAll(
        broker,
        topic,
        [0, 1, 2, 3, 4].map((i) => ({ partition: i % 2, value: `${i}` })),
        { perSend: 2 },
      );
      const { group, values } = await consume(clientOf(broker), topic, 5);
      expect(values.sort()).to.deep.equal(['0', '1', '2', '3', '4']);
      expect([...(await groupOffsets(broker, group, topic))]).to.deep.equal([
        [0, 3],
        [1, 2],
      ]);
      expect(await groupOffsets(broker, freshName('nobody'), topic)).to.deep.equal(new Map());
    });

    describe('read by the independent reader', () => {
      it('gives back every byte', async () => {
        const topic = await freshTopic(broker, { partitions: 2 });
        const odd = Buffer.from([0, 10, 13, 92, 0x78, 127, 128, 255]);
        await produceAll(broker, topic, [
          { partition: 1, key: 'k', value: '{"text":"新闻\\n"}', timestamp: '1700000000000' },
          { partition: 0, key: odd, value: odd, headers: { a: odd, ключ: ['1', '2'], empty: '' } },
          { partition: 0, key: null, value: null },
          { partition: 0, key: '', value: 'null' },
        ]);
        const records = await readTopic(broker, topic);
        expect(records.map(({ timestamp, ...record }) => record)).to.deep.equal([
          {
            partition: 0,
            offset: 0,
            key: odd,
            value: odd,
            headers: [
              ['a', odd],
              ['ключ', Buffer.from('1')],
              ['ключ', Buffer.from('2')],
              ['empty', Buffer.alloc(0)],
            ],
          },
          { partition: 0, offset: 1, key: null, value: null, headers: [] },
          { partition: 0, offset: 2, key: Buffer.alloc(0), value: Buffer.from('null'), headers: [] },
          { partition: 1, offset: 0, key: Buffer.from('k'), value: Buffer.from('{"text":"新闻\\n"}'), headers: [] },
        ]);
        expect(records.at(-1)?.timestamp).to.equal(1_700_000_000_000);
      });

      it('tells what is committed from what is not', async () => {
        const topic = await freshTopic(broker);
        const producer = clientOf(broker).producer({
          transactionalId: freshName('writer'),
          maxInFlightRequests: 1,
          idempotent: true,
          retry: { initialRetryTime: 10, factor: 0, retries: 100 },
        });
        await producer.connect();
        for (const value of ['committed', 'aborted', 'open']) {
          const transaction = await producer.transaction();
          await transaction.send({ topic, messages: [{ value }] });
          if (value === 'committed') await transaction.commit();
          if (value === 'aborted') await transaction.abort();
        }
        const [committed, all] = await Promise.all([
          readTopic(broker, topic, { whileOpen: true }),
          readTopic(broker, topic, { isolation: 'read_uncommitted' }),
        ]);
        await producer.disconnect();
        expect(committed.map(({ value }) => String(value))).to.deep.equal(['committed']);
        expect(all.map(({ value }) => String(value))).to.deep.equal(['committed', 'aborted', 'open']);
      });

      it('fails where there is nothing to read, or nobody wants it', async () => {
        const missing = freshName('missing');
        const topic = await freshTopic(broker);
        await produceAll(broker, topic, [{ value: 'x' }]);
        const refuse = () => {
          throw new Error('no, thanks');
        };
        const [nothing, refused] = await Promise.allSettled([
          readTopic(broker, missing),
          streamTopic(broker, topic, refuse),
        ]);
        expect(nothing)
          .to.have.nested.property('reason.message')
          .that.matches(/^get-offsets of missing-/);
        expect(refused).to.have.nested.property('reason.message', 'no, thanks');
      });
    });
  });

  describe('of one’s own', () => {
    let dataDir = '';
    let started: Promise<Cluster>[] = [];

    /** Has it removed after the test, however that ends. */
    function own(starting: Promise<Cluster>): Promise<Cluster> {
      started.push(starting);
      return starting;
    }

    afterEach(async () => {
      for (const start of await Promise.allSettled(started))
        if (start.status === 'fulfilled') await start.value.remove();
      started = [];
    });

    before(async function () {
      await requireKafka(this);
      dataDir = mkdtempSync(join(tmpdir(), 'rx-lockstep-'));
    });

    after(() => rmSync(dataDir, { recursive: true, force: true }));

    it('keeps its data and its port when it is killed', async () => {
      const broker = await own(startBroker({ dataDir }));
      const topic = await freshTopic(broker);
      await produceAll(broker, topic, [{ value: 'before' }]);
      await broker.kill();
      expect(broker.nodes[0]?.running).to.equal(false);

      const refused = await own(startCluster({ dataDir, nodes: 3 })).catch((reason: unknown) => reason);
      expect(refused)
        .to.be.instanceOf(Failure)
        .with.property('message')
        .that.matches(/with 1 node\(s\)/);
      const again = await own(startBroker({ dataDir }));
      expect(again.bootstrap).to.equal(broker.bootstrap);
      await produceAll(again, topic, [{ value: 'after' }]);
      const { values } = await consume(clientOf(again), topic, 2);
      await again.remove();
      expect(values).to.deep.equal(['before', 'after']);
      expect(existsSync(join(dataDir, 'cluster.json')), 'the caller’s folder').to.equal(true);
    });

    it('says what Kafka said where it does not come up', async () => {
      const error = await own(startBroker({ properties: { 'num.io.threads': -1 } })).catch((reason: unknown) => reason);
      expect(error)
        .to.be.instanceOf(Failure)
        .with.property('message')
        .that.matches(/before it was up.*num\.io\.threads/s);
    });

    it('takes logins over TLS at a second address', async () => {
      const sasl = { users: { alice: 'wonder-land' }, scram: true };
      const broker = await own(startBroker({ tls: true, sasl }));
      const topic = await freshTopic(broker);
      const secure = (config: Partial<KafkaConfig>): Kafka =>
        clientOf({ bootstrap: broker.secureBootstrap ?? '' }, { ssl: { ca: [broker.ca ?? ''] }, ...config });
      const alice = { username: 'alice', password: 'wonder-land' };
      await send(secure({ sasl: { mechanism: 'plain', ...alice } }), topic, 'plain');
      await send(secure({ sasl: { mechanism: 'scram-sha-256', ...alice } }), topic, 'scram-sha-256');
      await send(secure({ sasl: { mechanism: 'scram-sha-512', ...alice } }), topic, 'scram-sha-512');
      const once = { retry: { retries: 0 } };
      const failures = await Promise.allSettled([
        send(secure({ sasl: { mechanism: 'plain', ...alice, password: 'wrong' }, ...once }), topic, 'wrong password'),
        send(secure(once), topic, 'no login'),
        send(secure({ ssl: true, ...once }), topic, 'no trust'),
      ]);
      const { values } = await consume(secure({ sasl: { mechanism: 'plain', ...alice } }), topic, 3);
      await broker.remove();
      expect(values).to.deep.equal(['plain', 'scram-sha-256', 'scram-sha-512']);
      expect(failures.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected', 'rejected']);
      expect(existsSync(broker.folder)).to.equal(false);
    });

    it('is a cluster of three, if asked, that goes on without one of them', async () => {
      const cluster = await own(startCluster({ nodes: 3 }));
      const topic = await freshTopic(cluster, { partitions: 3 });
      await produceAll(cluster, topic, [{ value: 'with all' }]);
      await cluster.nodes[0]?.kill();
      await produceAll(cluster, topic, [{ value: 'with two' }]);
      await cluster.start(); // waits until each sees all
      const { values } = await consume(clientOf(cluster), topic, 2);
      const copies = await withAdmin(cluster, (admin) => admin.fetchTopicMetadata({ topics: [topic] }));
      expect(values.sort()).to.deep.equal(['with all', 'with two']);
      expect(copies.topics[0]?.partitions.map(({ replicas }) => replicas.length)).to.deep.equal([3, 3, 3]);
    });
  });

  describe('npm run kafka', () => {
    let child: ChildProcess | undefined;

    before(function () {
      return requireKafka(this);
    });

    afterEach(() => {
      child?.kill('SIGKILL');
    });

    /** Until it has said how to go on. */
    async function begin(
      command: string,
      ...args: string[]
    ): Promise<{ bootstrap: string; folder: string; java: number[] }> {
      const starting = spawn(command, [...args, '--tls'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
      child = starting;
      let output = '';
      await new Promise<void>((resolve, reject) => {
        starting.once('exit', (code) => reject(new Error(`${command} ended with ${code}: ${output}`)));
        starting.stdout.setEncoding('utf8').on('data', (text: string) => {
          output += text;
          if (output.includes('Ctrl-C')) resolve();
        });
      });
      const [, bootstrap = ''] = /is up at (\S+)/.exec(output) ?? [];
      const [, folder = ''] = /have to trust (\S+).tls.ca\.pem/.exec(output) ?? [];
      return { bootstrap, folder, java: javaOn(folder) };
    }

    /** Until nothing is left of it; mocha's patience ends it. */
    async function gone(folder: string, java: readonly number[]): Promise<void> {
      while (existsSync(folder) || java.some(isAlive)) await sleep(20);
    }

    it('prints where it is, has the topics, and leaves nothing behind at SIGTERM', async () => {
      const { bootstrap, folder, java } = await begin('npm', 'run', 'kafka', '--');
      const { topics } = await withAdmin({ bootstrap }, (admin) => admin.fetchTopicMetadata());
      expect(Object.fromEntries(topics.map(({ name, partitions }) => [name, partitions.length]))).to.deep.equal(TOPICS);
      child?.kill('SIGTERM');
      await gone(folder, java);
    });

    it('ends in peace without npm too', async () => {
      const { folder, java } = await begin(process.execPath, '--import', 'tsx', 'scripts/kafka.ts');
      child?.kill('SIGINT');
      expect(await new Promise((resolve) => child?.once('exit', resolve))).to.equal(0);
      expect(existsSync(folder), folder).to.equal(false);
      expect(java.filter(isAlive)).to.deep.equal([]);
    });

    it('takes its broker and its data with it when it is killed', async function () {
      if (process.platform !== 'linux') return this.skip(); // elsewhere nothing ties a process to its parent
      const { folder, java } = await begin(process.execPath, '--import', 'tsx', 'scripts/kafka.ts');
      expect(java.filter(isAlive)).to.have.length(1);
      child?.kill('SIGKILL');
      await gone(folder, java);
    });

    it('runs Kafka’s own tools', async () => {
      const tool = spawn(process.execPath, ['--import', 'tsx', 'scripts/kafka.ts', 'tool', 'topics', '--version'], {
        cwd: ROOT,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      child = tool;
      let output = '';
      for await (const text of tool.stdout.setEncoding('utf8')) output += text;
      expect(output.trim()).to.match(/^[34]\.\d+\.\d+$/);
    });
  });
});

async function send(kafka: Kafka, topic: string, value: string): Promise<void> {
  const producer = kafka.producer();
  try {
    await producer.connect();
    await producer.send({ topic, messages: [{ value }] });
  } finally {
    await producer.disconnect();
  }
}

/** Reads that many values, commits, and leaves. */
async function consume(kafka: Kafka, topic: string, count: number): Promise<{ group: string; values: string[] }> {
  const group = freshName('group');
  const consumer = kafka.consumer({ groupId: group, maxWaitTimeInMs: 100 });
  const values: string[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    const eachMessage = async ({ message }: { message: { value: Buffer | null } }) => {
      if (values.push(String(message.value)) === count) resolve();
    };
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();
  return { group, values };
}

/** The brokers whose data is in a folder, as far as Linux tells. */
function javaOn(folder: string): number[] {
  if (!existsSync('/proc')) return [];
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && textOf(`/proc/${pid}/cmdline`).includes(`kafka.Kafka\0${folder}`))
    .map(Number);
}

/** What nobody has waited for is still there, but dead. */
function isAlive(pid: number): boolean {
  return /^\d+ \(.*\) [^Z]/.test(textOf(`/proc/${pid}/stat`));
}

/** Empty where a process ended meanwhile. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
