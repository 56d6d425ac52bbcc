import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import * as kafkajs from 'kafkajs';
import { clientConfig, consumerConfig, importKafka, producerConfig } from '../../../cli/serve/kafka-client.ts';
import { DEFAULTS } from '../../../cli/serve/settings.ts';
import { LockstepError } from '../../../src/errors.ts';
import { testLog } from './log-lines.ts';

const SETTINGS = { ...DEFAULTS, brokers: ['a:1', 'b:2'], group: 'g' };

describe('the Kafka client of serve', () => {
  it('is loaded when it is needed, and if it is missing says how to get it', async () => {
    expect((await importKafka()).Kafka).to.be.a('function');
    const missing = (name: string) => async () => {
      throw Object.assign(new Error(`Cannot find package '${name}'`), { code: 'ERR_MODULE_NOT_FOUND' });
    };
    const failure = await importKafka(missing('kafkajs')).catch((error) => error);
    expect(failure.message).to.match(/npm install kafkajs$/);
    expect(failure.cause.code).to.equal('ERR_MODULE_NOT_FOUND');
    // Something else that is missing is not mended by that.
    const other = await importKafka(missing('long')).catch((error) => error);
    expect(other.message).to.equal("Cannot find package 'long'");
  });

  it('connects as told', async () => {
    const { log } = testLog();
    const plain = await clientConfig(SETTINGS, log);
    expect(plain).to.include({ clientId: 'lockstep', ssl: false }).and.not.have.property('sasl');
    expect(plain.brokers).to.deep.equal(['a:1', 'b:2']);
    const sasl = { username: 'alice', password: 'geheim' };
    expect((await clientConfig({ ...SETTINGS, ...sasl }, log)).sasl).to.deep.equal({ mechanism: 'plain', ...sasl });
    const scram = await clientConfig({ ...SETTINGS, ...sasl, saslMechanism: 'scram-sha-256' }, log);
    expect(scram.sasl).to.deep.equal({ mechanism: 'scram-sha-256', ...sasl });
    // kafkajs takes it.
    new kafkajs.Kafka(scram).admin();
  });

  it('reads certificates and keys from their files', async () => {
    const { log } = testLog();
    const folder = await mkdtemp(join(tmpdir(), 'lockstep-tls-'));
    try {
      const file = async (name: string) => {
        await writeFile(join(folder, name), name);
        return join(folder, name);
      };
      const settings = {
        ...SETTINGS,
        ssl: true,
        sslCa: await file('ca'),
        sslCert: await file('cert'),
        sslKey: await file('key'),
      };
      expect((await clientConfig(settings, log)).ssl).to.deep.equal({
        rejectUnauthorized: true,
        ca: Buffer.from('ca'),
        cert: Buffer.from('cert'),
        key: Buffer.from('key'),
      });
      const unchecked = await clientConfig({ ...SETTINGS, ssl: true, sslRejectUnauthorized: false }, log);
      expect(unchecked.ssl).to.deep.equal({ rejectUnauthorized: false });
      // They are not read where they are not used.
      expect((await clientConfig({ ...SETTINGS, sslCa: 'no/such/file' }, log)).ssl).to.equal(false);
      const failure = await clientConfig({ ...SETTINGS, ssl: true, sslKey: 'no/such/file' }, log).catch(
        (error) => error,
      );
      expect(failure).to.be.instanceOf(LockstepError).and.include({ code: 'INVALID_ARGUMENT' });
      expect(failure.message).to.equal(
        'Cannot read no/such/file, which LOCKSTEP_KAFKA_SSL_KEY or the key kafka.ssl.key names',
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('consumes so much at a time as there may be in flight', () => {
    expect(consumerConfig({ ...SETTINGS, sessionTimeout: 10_000 })).to.deep.include({
      groupId: 'g',
      sessionTimeout: 10_000,
      heartbeatInterval: 1000,
      allowAutoTopicCreation: false,
      maxBytesPerPartition: 2 ** 20,
      maxBytes: 4 * 2 ** 20,
    });
    expect(consumerConfig({ ...SETTINGS, sessionTimeout: 6000.5 }).sessionTimeout).to.equal(6001);
    const bytes = (inFlight: number) => {
      const { maxBytesPerPartition, maxBytes } = consumerConfig({ ...SETTINGS, inFlight });
      return [maxBytesPerPartition, maxBytes];
    };
    expect(bytes(1)).to.deep.equal([2 ** 16, 2 ** 20]);
    expect(bytes(1_000_000)).to.deep.equal([2 ** 20, 10 * 2 ** 20]);
  });

  it('creates no topics', () => {
    expect(producerConfig(kafkajs)).to.deep.equal({
      allowAutoTopicCreation: false,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
  });

  it('logs what kafkajs says, as no more than warnings, and without stacks and secrets', async () => {
    for (const [level, expected] of [
      ['info', ['warn', 'warn']],
      ['debug', ['warn', 'warn', 'debug']],
      ['trace', ['warn', 'warn', 'debug', 'trace']],
      ['silent', []],
    ] as const) {
      const { log, lines, text } = testLog(level);
      const kafka = new kafkajs.Kafka(await clientConfig({ ...SETTINGS, username: 'alice', password: 'geheim' }, log));
      const logger = kafka.logger().namespace('Connection');
      logger.error('Connection error: refused', { broker: 'a:1', stack: 'Error: refused\n    at here' });
      logger.warn('slow');
      logger.info('fine');
      logger.debug('details');
      kafka.producer(); // tells of the partitioner, which is no news
      expect(lines().map((line) => line.level)).to.deep.equal(expected);
      if (level === 'info')
        expect(lines()[0]).to.deep.equal({
          level: 'warn',
          component: 'kafkajs',
          broker: 'a:1',
          msg: 'Connection: Connection error: refused',
        });
      expect(text()).not.to.include('geheim');
    }
  });
});
