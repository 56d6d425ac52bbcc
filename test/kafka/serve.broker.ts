import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Message } from 'kafkajs';
import type { Cluster } from '../../scripts/kafka/cluster.ts';
import { startBroker } from '../../scripts/kafka/start.ts';
import { requireKafka, sharedBroker } from './support/broker.ts';
import { freshName, freshTopic, groupOffsets, produceAll } from './support/client.ts';
import { type ReadRecord, readTopic } from './support/reader.ts';
import { ServeProcess } from './support/serve-process.ts';

const MODEL = fileURLToPath(new URL('../../models/en-news', import.meta.url));
const PARTITIONS = 3;

const headlines = (count: number, from = 0): Message[] =>
  Array.from({ length: count }, (_, i) => ({
    partition: i % PARTITIONS,
    key: `key-${from + i}`,
    value: JSON.stringify({ id: from + i, text: `Stocks rally as oil falls for day ${from + i}` }),
  }));

const ids = (records: readonly ReadRecord[]): number[] =>
  records.map(({ value }) => JSON.parse(String(value)).id).sort((a, b) => a - b);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('lockstep serve and a real broker', function () {
  this.timeout(120_000);
  const processes: ServeProcess[] = [];
  let broker: Cluster;

  before(async function () {
    if (!existsSync(MODEL)) return this.skip();
    broker = await sharedBroker(this);
  });
  afterEach(() => Promise.all(processes.splice(0).map((each) => each.stop('SIGKILL'))));

  function serve(args: readonly string[], env: Readonly<Record<string, string>> = {}): ServeProcess {
    const started = new ServeProcess(args, env);
    processes.push(started);
    return started;
  }

  async function topics(of: Cluster = broker) {
    const [input, out, dead] = await Promise.all(
      ['documents', 'verdicts', 'dead'].map((name) => freshTopic(of, { partitions: PARTITIONS, name })),
    );
    const group = freshName('labels');
    const [documents = '', verdicts = '', letters = ''] = [input, out, dead];
    const args = ['--group', group, '--in', documents, '--out', verdicts, '--dead-letters', letters, '--model', MODEL];
    return { documents, verdicts, letters, group, args };
  }

  const confirmed = (process: ServeProcess) => process.metric('lockstep_latency_seconds_count');

  it('labels what is there and what comes, puts aside what cannot be labelled, and leaves in order', async () => {
    const { documents, verdicts, letters, group, args } = await topics();
    await produceAll(broker, documents, headlines(90));
    const serving = serve(['--brokers', broker.bootstrap, ...args]);
    await serving.untilReady();
    const bad = ['{"text": 5}', 'no JSON, but private', Buffer.from([0xff, 0xfe]), ''];
    await produceAll(broker, documents, [
      ...headlines(10, 90),
      ...bad.map((value) => ({ value, key: 'bad', partition: 0 })),
    ]);
    await serving.until(async () => (await confirmed(serving)) === 100);
    await serving.until(async () => (await serving.metric('lockstep_dead_letters_total{code="INVALID_DATA"}')) === 4);
    expect((await serving.get('/live')).status).to.equal(200);
    expect(await serving.stop()).to.equal(0);

    const labelled = await readTopic(broker, verdicts);
    expect(ids(labelled)).to.deep.equal(upTo(100));
    for (const { key, value } of labelled) {
      const { id, label, confidence, lanes } = JSON.parse(String(value));
      expect([String(key), typeof label, typeof confidence]).to.deep.equal([`key-${id}`, 'string', 'number']);
      expect(Object.keys(lanes)).not.to.have.length(0);
    }
    const rejected = await readTopic(broker, letters);
    expect(rejected.map(({ value }) => value?.toString('hex'))).to.have.members(
      bad.map((value) => Buffer.from(value).toString('hex')),
    );
    const offsets = await groupOffsets(broker, group, documents);
    expect([...offsets.values()].reduce((sum, offset) => sum + offset, 0)).to.equal(104);
    expect(serving.output).not.to.include('private');
    expect(serving.lines().at(-1)).to.deep.include({ msg: 'ends', documents: 100, deadLetters: 4 });
  });

  it('goes on where it ended, and labels nothing twice', async () => {
    const { documents, verdicts, args } = await topics();
    for (const from of [0, 30]) {
      await produceAll(broker, documents, headlines(30, from));
      const serving = serve(['--brokers', broker.bootstrap, ...args]);
      await serving.until(async () => (await confirmed(serving)) === 30);
      expect(await serving.stop('SIGINT')).to.equal(0);
    }
    expect(ids(await readTopic(broker, verdicts))).to.deep.equal(upTo(60));
  });

  it('shares the partitions with others of its group, and takes over those of one that was killed', async () => {
    const { documents, verdicts, args } = await topics();
    const all = ['--brokers', broker.bootstrap, '--session-timeout', '6s', ...args];
    const [one, other] = [serve(all), serve(all)];
    const partitionsOf = (process: ServeProcess) => process.metric('lockstep_assigned_partitions');
    const shares = () => Promise.all([one, other].map(partitionsOf));
    await one.until(async () => {
      const [first = 0, second = 0] = await shares();
      return first > 0 && second > 0 && first + second === PARTITIONS;
    });
    await produceAll(broker, documents, headlines(300));
    await other.stop('SIGKILL');
    await produceAll(broker, documents, headlines(300, 300));
    await one.until(async () => (await partitionsOf(one)) === PARTITIONS);
    const done = async (): Promise<boolean> => new Set(ids(await readTopic(broker, verdicts))).size === 600;
    await one.until(done);
    expect(await one.stop()).to.equal(0);
  });

  it('writes each verdict once, if asked to', async () => {
    const { documents, verdicts, letters, group, args } = await topics();
    await produceAll(broker, documents, [...headlines(60), { value: 'no JSON', partition: 0 }]);
    const serving = serve(['--brokers', broker.bootstrap, '--exactly-once', ...args]);
    await serving.until(async () => (await confirmed(serving)) === 60);
    await serving.until(async () => (await serving.metric('lockstep_transactions_total{outcome="done"}')) > 0);
    expect(await serving.stop()).to.equal(0);
    expect(ids(await readTopic(broker, verdicts))).to.deep.equal(upTo(60));
    expect((await readTopic(broker, letters)).map(({ value }) => String(value))).to.deep.equal(['no JSON']);
    const offsets = await groupOffsets(broker, group, documents);
    expect([...offsets.keys()]).to.have.length(PARTITIONS);
  });

  it('reads plain text, and fields within fields', async () => {
    for (const [options, value, id] of [
      [['--text'], 'Stocks rally as oil falls', /\/0\/0$/],
      [['--field', 'body.title', '--id', 'meta.key'], '{"body":{"title":"Stocks rally"},"meta":{"key":"k7"}}', /^k7$/],
    ] as const) {
      const { documents, verdicts, args } = await topics();
      await produceAll(broker, documents, [{ value, partition: 0 }]);
      const serving = serve(['--brokers', broker.bootstrap, ...args, ...options]);
      await serving.until(async () => (await confirmed(serving)) === 1);
      expect(await serving.stop()).to.equal(0);
      const [record] = await readTopic(broker, verdicts);
      expect(JSON.parse(String(record?.value)).id).to.match(id);
    }
  });

  it('ends with 2 where topics are missing, and names them', async () => {
    const { args } = await topics();
    const missing = serve([
      '--brokers',
      broker.bootstrap,
      ...args,
      '--in',
      'no-such-topic',
      '--dead-letters',
      'nor-this',
    ]);
    expect(await missing.ended()).to.equal(2);
    expect(JSON.stringify(missing.line('cannot go on'))).to.include('the cluster has no no-such-topic, nor-this');
  });

  it('waits for a broker that is down, not ready but live, and begins when it is there', async function () {
    await requireKafka(this);
    const own = await startBroker();
    try {
      const { documents, verdicts, args } = await topics(own);
      await produceAll(own, documents, headlines(9));
      await own.stop();
      const serving = serve(['--brokers', own.bootstrap, ...args]);
      await serving.until(() => serving.line('no broker can be reached; trying on') !== undefined);
      expect(await serving.readiness()).to.deep.equal({ status: 503, reasons: ['the group is not joined yet'] });
      expect((await serving.get('/live')).status).to.equal(200);
      await own.start();
      await serving.until(async () => (await confirmed(serving)) === 9);
      expect((await serving.readiness()).status).to.equal(200);
      expect(await serving.stop()).to.equal(0);
      expect(ids(await readTopic(own, verdicts))).to.deep.equal(upTo(9));
    } finally {
      await own.remove();
    }
  });

  describe('with encryption and passwords', () => {
    const PASSWORD = 'ge/heim*7Q';
    let secured: Cluster;
    let folder = '';

    before(async function () {
      await requireKafka(this);
      secured = await startBroker({ tls: true, sasl: { users: { alice: PASSWORD } } });
      folder = await mkdtemp(join(tmpdir(), 'lockstep-secured-'));
    });
    after(async () => {
      await secured?.remove();
      if (folder !== '') await rm(folder, { recursive: true });
    });

    async function config(ca: string | undefined): Promise<string> {
      const file = join(folder, 'serve.yaml');
      const kafka = {
        brokers: [secured.secureBootstrap],
        ssl: ca === undefined ? true : { ca },
        sasl: { username: 'alice' },
      };
      await writeFile(file, JSON.stringify({ kafka, batch: 8 }));
      return file;
    }

    it('labels, with a password from a file, and shows the password nowhere', async () => {
      const { documents, verdicts, args } = await topics(secured);
      await produceAll(secured, documents, headlines(9));
      await writeFile(join(folder, 'password'), `${PASSWORD}\n`);
      const serving = serve(['--config', await config(secured.caFile), '--log-level', 'trace', ...args], {
        LOCKSTEP_KAFKA_PASSWORD_FILE: join(folder, 'password'),
      });
      await serving.until(async () => (await confirmed(serving)) === 9);
      expect(await serving.stop()).to.equal(0);
      expect(ids(await readTopic(secured, verdicts))).to.deep.equal(upTo(9));
      for (const hidden of [PASSWORD, Buffer.from(PASSWORD).toString('base64')])
        expect(serving.output).not.to.include(hidden);
    });

    it('ends with 1 where the password is wrong, or the certificate unknown', async () => {
      const { args } = await topics(secured);
      for (const [ca, password, why] of [
        [secured.caFile, `${PASSWORD}x`, /The brokers do not let us in: SASL/],
        [undefined, PASSWORD, /The brokers do not let us in: .*self-signed certificate/],
      ] as const) {
        const serving = serve(['--config', await config(ca), ...args], { LOCKSTEP_KAFKA_PASSWORD: password });
        expect(await serving.ended()).to.equal(1);
        expect(JSON.stringify(serving.line('cannot go on'))).to.match(why);
        expect(serving.output).not.to.include(PASSWORD);
      }
    });
  });
});
